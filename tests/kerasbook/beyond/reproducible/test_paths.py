import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.reproducible import drawing
from kerasbook.beyond.reproducible import paths as page
from kerasbook.classifier import build_classifier


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 10, 96)
    images = generator.random((96, 8, 8, 1), dtype="float32")
    images[np.arange(96), labels % 8] += labels[:, None, None].astype("float32") / 9
    return images, labels


def compiled(recipe, seed=0):
    keras.utils.set_random_seed(seed)
    model = page.build_small_convnet()
    recipe(model)
    return model


def test_batches_deal_every_sample_once_an_epoch():
    batches = page.draw_batches(40, steps=5, batch_size=16, seed=0)
    assert batches.shape == (5, 16)
    rows = batches.ravel()
    assert sorted(rows[:40]) == sorted(rows[40:80]) == list(range(40))
    assert (rows[:40] != rows[40:80]).any()
    again = page.draw_batches(40, steps=5, batch_size=16, seed=0)
    np.testing.assert_array_equal(batches, again)
    assert (batches != page.draw_batches(40, steps=5, batch_size=16, seed=1)).any()


@pytest.mark.parametrize("recipe", [page.compile_stable, page.compile_near_instability])
def test_the_same_again_is_equal_to_the_bit(task, recipe):
    model = compiled(recipe)
    start = page.get_training_state(model)
    batches = page.draw_batches(96, steps=8, seed=0)
    first, again = (page.train_from(model, start, task, task[0], batches) for _ in range(2))
    assert first["steps"] == [1, 2, 4, 8]
    assert first["weights"].shape == (4, model.count_params())
    np.testing.assert_array_equal(first["weights"], again["weights"])
    np.testing.assert_array_equal(first["answers"], again["answers"])
    assert int(model.optimizer.iterations) == 8


def test_the_way_is_that_of_training_batch_by_batch(task):
    model = compiled(page.compile_stable)
    start = page.get_training_state(model)
    batches = page.draw_batches(96, steps=4, seed=0)
    run = page.train_from(model, start, task, task[0], batches)
    page.write_state(model, start)
    for rows in batches:
        model.train_on_batch(task[0][rows], task[1][rows])
    np.testing.assert_allclose(page.flat_weights(model), run["weights"][-1], atol=1e-6)
    scores = model.predict(task[0], verbose=0)
    np.testing.assert_array_equal(scores.argmax(axis=1), run["answers"])


def test_a_state_holds_weights_generators_and_optimizer(task):
    model = build_classifier(dropout=0.3)
    flat = task[0].reshape(-1, 64)
    model.fit(flat, task[1], verbose=0)
    state = page.get_training_state(model)
    model.fit(flat, task[1], verbose=0)
    end = page.get_training_state(model)
    other = build_classifier(dropout=0.3)
    page.write_state(other, state)
    for mine, kept in zip(page.get_training_state(other), state, strict=True):
        np.testing.assert_array_equal(mine, kept)
    order = [one.path for one in model.variables]
    (place,) = (k for k, path in enumerate(order) if "seed" in path)
    assert (state[place] != end[place]).any(), "dropout has drawn"


def test_the_optimizer_is_built_before_its_variables_are_listed():
    model = compiled(page.compile_near_instability)
    names = [one.path for one in page.training_variables(model)]
    assert names[: len(model.variables)] == [one.path for one in model.variables]
    assert len(names) - len(model.variables) == len(model.optimizer.variables) > 2
    page.require_same_shapes(page.training_variables(model), page.get_training_state(model))


def test_weights_are_recorded_after_the_steps_asked_for(task):
    model = compiled(page.compile_stable)
    callback, weights = page.weight_recorder([1, 3])
    model.fit(*task, batch_size=32, shuffle=False, verbose=0, callbacks=[callback])
    assert len(weights) == 2
    np.testing.assert_array_equal(weights[1], page.flat_weights(model))


def test_the_state_of_another_network_is_refused():
    state = page.get_training_state(compiled(page.compile_near_instability))
    with pytest.raises(ValueError, match=r"Expected the state of this model.*\(64, 64\)") as error:
        page.write_state(build_classifier(), state)
    assert "Received: [(3, 3, 1, 8)" in str(error.value)
    assert "Build and compile the model as it was" in str(error.value)
    with pytest.raises(ValueError, match="Expected the state"):
        page.write_state(compiled(page.compile_stable), state)  # other optimizer


def test_a_nudge_moves_one_weight_by_one_bit():
    state = page.get_training_state(compiled(page.compile_stable))
    moved = page.perturb_one_ulp(state)
    changed = [(a != b).sum() for a, b in zip(state, moved, strict=True)]
    assert changed == [1] + [0] * (len(state) - 1)
    bits = [one[0].ravel()[:1].view(np.int32)[0] for one in (state, moved)]
    assert abs(int(bits[1]) - int(bits[0])) == 1


def test_distance_is_relative_to_the_way_gone():
    start = np.array([1.0, 1.0], "float32")
    reference = {"weights": np.array([[4, 5], [1, 11]], "float32")}
    run = {"weights": np.array([[4, 5], [4, 7]], "float32")}
    np.testing.assert_allclose(page.relative_distance(run, reference, start), [0, 0.5])


def test_bfloat16_computes_in_bfloat16_and_answers_in_float32(task):
    model = page.build_small_convnet("mixed_bfloat16")
    assert model.layers[0].compute_dtype == "bfloat16"
    assert model(task[0][:2]).dtype == "float32"
    assert model.count_params() == 80 + 1168 + 2570


def test_both_recipes_learn(task):
    for recipe in (page.compile_stable, page.compile_near_instability):
        model = compiled(recipe)
        batches = page.draw_batches(96, steps=256, seed=0)
        run = page.train_from(model, page.get_training_state(model), task, task[0], batches)
        assert np.mean(run["answers"] == task[1]) > 0.5


def test_a_file_is_followed_as_its_arrays_are(task, tmp_path):
    model = compiled(page.compile_stable)
    weights = model.get_weights()
    batches = page.draw_batches(96, steps=4, seed=0)
    named = {f"w{k}": one for k, one in enumerate(weights)}
    source = tmp_path / "start.npz"
    np.savez(source, x_train=task[0], y_train=task[1], x_test=task[0][:5], batches=batches, **named)
    drawn = page.train_from_file(str(source), str(tmp_path / "here"))
    assert drawn == keras.ops.convert_to_numpy(keras.random.normal((2,), seed=1)).tolist()
    model.set_weights(weights)
    expected = page.train_from(model, page.get_training_state(model), task, task[0][:5], batches)
    with np.load(tmp_path / "here-compile_stable.npz") as file:
        np.testing.assert_array_equal(file["weights"], expected["weights"])
        assert file["answers"].shape == (5,)
    assert (tmp_path / "here-compile_near_instability.npz").exists()


def test_distances_are_drawn_over_powers_of_two():
    axis = Figure().subplots()
    drawing.plot_distances(axis, {"a": [1e-7, 1e-6, 1e-5], "b": [1, 1, 2]})
    assert [list(line.get_xdata()) for line in axis.lines] == [[1, 2, 4]] * 2
    assert list(axis.lines[1].get_ydata()) == [1, 1, 2]
    assert axis.lines[0].get_marker() != axis.lines[1].get_marker()
    assert axis.get_yscale() == axis.get_xscale() == "log"


def test_accuracies_are_drawn_by_kind_and_recipe():
    axis = Figure().subplots()
    groups = {"order": {"a": [0.9, 0.8], "b": [0.7]}, "rounding": {"a": [0.6], "b": [0.5]}}
    drawing.plot_accuracies(axis, groups)
    drawn = [list(line.get_xdata()) for line in axis.lines if len(line.get_xdata())]
    assert drawn == [[0.9, 0.8], [0.7], [0.6], [0.5]]
    assert axis.lines[0].get_color() == axis.lines[2].get_color() != axis.lines[1].get_color()
    assert axis.lines[0].get_marker() != axis.lines[1].get_marker()
    assert [label.get_text() for label in axis.get_yticklabels()] == ["order", "rounding"]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["a", "b"]
