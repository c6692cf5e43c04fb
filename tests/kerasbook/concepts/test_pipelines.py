"""Pipelines: the planted rule, equal batches, preprocessing of training rows, images in folders."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from matplotlib.figure import Figure

from kerasbook.concepts import pipelines as page


@pytest.fixture(scope="module")
def flats():
    """Return 3,000 flats whose missing years are filled."""
    table = page.make_flats(3_000, seed=0)
    return table.fillna({"built": 1997})


@pytest.fixture(scope="module")
def arrays(flats):
    return page.as_arrays(flats, "log_price")


# The table


def test_the_rule_by_hand():
    table = pd.DataFrame(
        {
            "area": [100.0, 100.0],
            "district": ["east", "center"],
            "built": pd.array([2016, 2026], dtype="Int64"),
            "floor": [8, 8],
            "lift": [0, 1],
        }
    )
    expected = [np.log(100) + 1.2 - 0.1 - 0.2, np.log(100) + 1.8]
    np.testing.assert_allclose(page.planted_rule(table), expected, rtol=1e-12)


def test_what_is_left_beside_the_rule_is_noise_of_the_stated_size():
    table = page.make_flats(20_000, seed=1)
    known = table[table["built"].notna()]
    rest = known["log_price"] - page.planted_rule(known)
    assert abs(rest.mean()) < 4 * page.NOISE / np.sqrt(len(known))
    assert rest.std() == pytest.approx(page.NOISE, rel=0.03)
    assert table["built"].isna().mean() == pytest.approx(0.05, abs=0.01)


def test_flats_follow_their_seed():
    assert page.make_flats(50, seed=4).equals(page.make_flats(50, seed=4))
    assert not page.make_flats(50, seed=4).equals(page.make_flats(50, seed=5))


def test_split_takes_every_row_once(flats):
    training, test = page.split_rows(flats, test_fraction=0.2, seed=0)
    assert (len(training), len(test)) == (2_400, 600)
    assert sorted([*training.index, *test.index]) == list(range(3_000))
    assert list(test.index) != sorted(test.index)


def test_arrays_are_float32_or_text_and_the_target_is_apart(flats, arrays):
    features, target = arrays
    assert list(features) == ["area", "built", "district", "floor", "lift", "rooms"]
    kinds = {name: values.dtype for name, values in features.items()}
    assert kinds.pop("district").kind == "O"
    assert set(kinds.values()) == {np.dtype("float32")} == {target.dtype}
    np.testing.assert_allclose(target, flats["log_price"], rtol=1e-6)


# Batches


def test_batches_hold_each_row_once_and_change_their_order_by_epoch(arrays):
    features, target = arrays
    batches = page.TableBatches(features, target, batch_size=256, seed=0)
    assert len(batches) == 12
    assert len(batches[11][1]) == 3_000 - 11 * 256
    orders = []
    for _ in range(2):
        orders.append(np.concatenate([batches[i][1] for i in range(12)]))
        batches.on_epoch_end()
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), np.sort(target))
    assert not np.array_equal(*orders)
    again = page.TableBatches(features, target, batch_size=256, seed=0)
    np.testing.assert_array_equal(again[0][1], orders[0][:256])


def test_features_and_targets_of_a_batch_belong_together():
    x = np.arange(10, dtype="float32")
    batches = page.TableBatches({"x": x}, 2 * x, batch_size=4, seed=3)
    for index in range(len(batches)):
        rows, target = batches[index]
        np.testing.assert_array_equal(2 * rows["x"], target)


def test_keras_trains_on_the_batches_and_calls_the_end_of_an_epoch():
    x = np.linspace(-1, 1, 64, dtype="float32")
    batches = page.TableBatches({"x": x}, 3 * x, batch_size=16, seed=0)
    keras.utils.set_random_seed(0)
    inputs = {"x": keras.Input((1,), name="x")}
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs["x"]))
    model.compile(keras.optimizers.SGD(0.3), "mse")
    history = model.fit(batches, epochs=20, verbose=0, shuffle=False).history
    assert batches.epoch >= 20
    assert history["loss"][-1] < 1e-4
    assert float(model.layers[-1].kernel.numpy()[0, 0]) == pytest.approx(3, abs=0.05)


def test_three_sources_give_equal_batches(flats, arrays, tmp_path):
    features, target = arrays
    flats.to_csv(tmp_path / "t.csv", index=False)
    from_file = page.csv_batches(
        tmp_path / "t.csv", target="log_price", text=["district"], batch_size=256
    )
    from_arrays = tf.data.Dataset.from_tensor_slices((features, target)).batch(256)
    own = page.TableBatches(features, target, batch_size=256)
    by_index = [own[i] for i in range(len(own))]
    assert page.same_batches(from_arrays, from_file, by_index) == 12
    changed = [({**rows}, y.copy()) for rows, y in by_index]
    changed[3][1][5] += 1e-6
    changed[7][0]["district"] = changed[7][0]["district"][::-1]
    assert page.same_batches(from_arrays, changed) == 10
    with pytest.raises(ValueError, match="zip"):
        page.same_batches(from_arrays, by_index[:-1])


# FeatureSpace and models


@pytest.fixture(scope="module")
def space(arrays):
    features, target = arrays
    dataset = tf.data.Dataset.from_tensor_slices((features, target)).batch(256)
    space = page.make_feature_space()
    space.adapt(dataset.map(lambda rows, target: rows))
    return space


def encoded(space, **row):
    base = {"area": 80.0, "built": 2000.0, "district": "east", "floor": 3.0, "lift": 1.0}
    row = base | {"rooms": 2.0} | row
    return space({name: tf.constant([value]) for name, value in row.items()}).numpy()[0]


def test_encoding_is_standardized_by_the_rows_it_has_seen(space, arrays):
    area = arrays[0]["area"].astype(float)
    wanted = (80 - area.mean()) / area.std()
    assert encoded(space)[0] == pytest.approx(wanted, rel=1e-3)


def test_each_district_has_a_place_and_so_has_an_unknown_one(space):
    places = [encoded(space, district=name)[2:8] for name in page.OFFSETS]
    assert all(sorted(place) == [0] * 5 + [1] for place in places)
    assert len({tuple(place) for place in places}) == 5
    assert list(encoded(space, district="harbor")[2:8]) == [1, 0, 0, 0, 0, 0]


def test_both_entrances_lead_to_one_network(space, arrays):
    features, target = arrays
    keras.utils.set_random_seed(0)
    trained, raw = page.build_models(space, start=4.5)
    trained.compile(keras.optimizers.Adam(0.01), "mse")
    dataset = tf.data.Dataset.from_tensor_slices((features, target)).batch(100)
    before = page.root_mean_square(target - target.mean())
    trained.fit(page.encode_batches(dataset, space), epochs=8, verbose=0, shuffle=False)
    rows = {name: tf.constant(values) for name, values in features.items()}
    predicted = raw.predict(rows, verbose=0)[:, 0]
    np.testing.assert_allclose(predicted, trained.predict(space(rows), verbose=0)[:, 0], rtol=1e-5)
    assert page.root_mean_square(predicted - target) < 0.3 * before


def test_untrained_predictions_lie_about_the_start(space, arrays):
    keras.utils.set_random_seed(0)
    _, raw = page.build_models(space, start=50.0)
    rows = {name: tf.constant(values) for name, values in arrays[0].items()}
    assert raw.predict(rows, verbose=0).mean() == pytest.approx(50, abs=2)


def test_trees_find_the_interaction_that_the_line_cannot(flats):
    training, test = page.split_rows(flats, test_fraction=0.5, seed=0)
    names = ["area", "built", "district", "floor", "lift", "rooms"]
    errors = {}
    for name, model in page.baselines(["district"], seed=0).items():
        model.fit(training[names], training["log_price"])
        errors[name] = page.root_mean_square(model.predict(test[names]) - test["log_price"])
    assert errors["boosted trees"] < 0.9 * errors["linear (ridge)"]
    assert errors["linear (ridge)"] < 0.4 * test["log_price"].std()


def test_root_mean_square_by_hand():
    assert page.root_mean_square(np.array([3.0, -4.0])) == pytest.approx(np.sqrt(12.5))


def test_mean_errors_are_drawn_by_floor():
    axis = Figure().subplots()
    page.plot_mean_errors(axis, [1, 1, 2], {"a": [1.0, 3.0, 5.0], "b": [0.0, 0.0, 1.0]})
    first, second, _ = axis.lines
    assert first.get_xydata().tolist() == [[1, 2], [2, 5]]
    assert second.get_xydata().tolist() == [[1, 0], [2, 1]]
    assert first.get_linestyle() != second.get_linestyle()


# Images


def test_images_come_back_from_their_folders(tmp_path):
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (30, 6, 5), dtype=np.uint8)
    labels = np.arange(30) % 3
    page.write_images(tmp_path / "set", images, labels)
    read = keras.utils.image_dataset_from_directory(
        tmp_path / "set", color_mode="grayscale", image_size=(6, 5), shuffle=False, verbose=False
    )
    order = np.argsort(labels, kind="stable")
    pixels = np.concatenate([batch.numpy() for batch, _ in read])[..., 0]
    np.testing.assert_array_equal(pixels, images[order])
    np.testing.assert_array_equal(np.concatenate([y.numpy() for _, y in read]), labels[order])


def test_one_seed_keeps_parts_disjoint_and_two_do_not(tmp_path):
    page.write_images(tmp_path, np.zeros((40, 4, 4), np.uint8), np.arange(40) % 2)

    def files(subset, seed):
        return set(
            keras.utils.image_dataset_from_directory(
                tmp_path, image_size=(4, 4), validation_split=0.25, subset=subset, seed=seed,
                verbose=False,
            ).file_paths
        )  # fmt: skip

    training = files("training", 0)
    assert (len(training), len(files("validation", 0))) == (30, 10)
    assert not training & files("validation", 0)
    assert training & files("validation", 1)
