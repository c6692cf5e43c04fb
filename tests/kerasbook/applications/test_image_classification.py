"""Image classification: files, splitting, the two networks, training, and the figures."""

import csv

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from kerasbook.applications import image_classification as page
from kerasbook.demonstrate import show_error


@pytest.fixture(scope="module")
def images():
    """Return twelve random images of shape (12, 32, 32, 3)."""
    return np.random.default_rng(0).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)


def colored(count, seed):
    """Return noisy images that are mostly red, green or blue, and which: 0, 1 or 2."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = generator.integers(0, 120, (count, 32, 32, 3))
    images[np.arange(count), :, :, labels] += 130
    return images.astype(np.uint8), labels


# Files


def test_photos_come_back_from_their_files(images, tmp_path):
    names = page.write_photos(tmp_path / "new", images)
    assert names == [f"{number}.png" for number in range(1, 13)]
    assert {path.name for path in (tmp_path / "new").iterdir()} == set(names)
    for name, image in zip(names, images, strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "new" / name)), image)


def test_keras_reads_them_in_the_order_of_their_names(images, tmp_path):
    page.write_photos(tmp_path, images)
    read = keras.utils.image_dataset_from_directory(
        tmp_path, labels=None, image_size=(32, 32), shuffle=False, verbose=False
    )
    order = [1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9]
    np.testing.assert_array_equal(next(iter(read)), images[np.array(order) - 1])


def test_rows_come_back_from_their_file(tmp_path):
    rows = [("1.png", "cat"), ("2.png", 'a "dog", wet'), ("3.png", "\u8239")]
    page.write_rows(tmp_path / "rows.csv", ("file", "label"), iter(rows))
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["file", "label"], *map(list, rows)]
    assert (tmp_path / "rows.csv").read_bytes().startswith(b"file,label\n1.png,cat\n")


def save_picture(folder, size, mode="RGB", name="picture.png", **options):
    """Save a picture whose left third is red, its middle green and its right blue."""
    picture = Image.new("RGB", (3, 1))
    for place, color in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        picture.putpixel((place, 0), color)
    picture.resize(size, Image.Resampling.NEAREST).convert(mode).save(folder / name, **options)
    return folder / name


@pytest.mark.parametrize("size", [(32, 32), (33, 32), (900, 300), (60, 400), (1200, 1201)])
def test_a_picture_of_any_size_is_taken(tmp_path, size):
    image = page.photo_for_network(save_picture(tmp_path, size))
    assert (image.shape, image.dtype) == ((1, 32, 32, 3), np.uint8)


def test_the_square_is_cut_out_of_the_middle(tmp_path):
    image = page.photo_for_network(save_picture(tmp_path, (900, 300)))
    assert (image[0, :, 1:-1] == (0, 255, 0)).all(), "the outer thirds are cut off"
    image = page.photo_for_network(save_picture(tmp_path, (300, 300)))
    assert image[0, 5, 2].tolist() == [255, 0, 0]
    assert image[0, 5, 29].tolist() == [0, 0, 255]


def test_a_small_image_is_taken_as_it_is(images, tmp_path):
    page.write_photos(tmp_path, images[:1])
    np.testing.assert_array_equal(page.photo_for_network(tmp_path / "1.png"), images[:1])


def test_a_photo_that_lies_on_its_side_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise, says the camera
    path = save_picture(tmp_path, (90, 90), name="phone.jpg", exif=exif, quality=95)
    image = page.photo_for_network(path)[0].astype(int)
    assert abs(image[2, 16] - (255, 0, 0)).max() < 30, "left became top"
    assert abs(image[29, 16] - (0, 0, 255)).max() < 30


@pytest.mark.parametrize(
    ("mode", "name"),
    [("L", "a.png"), ("P", "a.gif"), ("RGBA", "a.png"), ("CMYK", "a.jpg"), ("1", "a.bmp")],
)
def test_other_kinds_of_color_become_rgb(tmp_path, mode, name):
    image = page.photo_for_network(save_picture(tmp_path, (64, 48), mode, name))
    assert image.shape == (1, 32, 32, 3)


@pytest.mark.parametrize("size", [(31, 200), (200, 31), (1, 1)])
def test_too_small_a_picture_is_named_with_its_size(tmp_path, size):
    path = save_picture(tmp_path, size)
    with pytest.raises(ValueError, match="32 x 32") as caught:
        page.photo_for_network(path)
    assert str(caught.value) == (
        "Expected at least 32 x 32 pixels of 8 bits a color. "
        f"Received: {path}, {size[0]} x {size[1]}, mode RGB"
    )


def test_a_picture_of_16_bits_is_refused_since_it_would_turn_white(tmp_path):
    Image.fromarray(np.full((40, 40), 5000, np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(ValueError, match=r"8 bits a color.*deep\.png, 40 x 40, mode I;16"):
        page.photo_for_network(tmp_path / "deep.png")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("table.csv", b"file,label\n", "UnidentifiedImageError"),
        ("nowhere.png", None, "FileNotFoundError"),
        ("torn.png", 300, "OSError"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path, name, content, kind):
    path = tmp_path / name
    if isinstance(content, int):
        noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        content = path.read_bytes()[:content]
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="picture file") as caught:
        page.open_upright(path, 32)
    assert str(caught.value) == (
        f"Expected a picture file such as PNG or JPEG. Received: {path} ({kind})"
    )


# Splitting


def split_indices(labels, **options):
    """Split positions instead of images, so that what went where can be read off."""
    positions = np.arange(len(labels))
    (kept, y_kept), (held, y_held) = page.split_validation(positions, labels, **options)
    np.testing.assert_array_equal(labels[kept], y_kept)
    np.testing.assert_array_equal(labels[held], y_held)
    return kept, held


LABELS = np.random.default_rng(1).permutation(np.repeat([0, 1, 2, 5], [100, 50, 20, 10]))


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.5, 0.9])
def test_every_class_gives_the_same_share(fraction):
    _, held = split_indices(LABELS, fraction=fraction, seed=0)
    expected = [round(fraction * count) for count in (100, 50, 20, 0, 0, 10)]
    assert np.bincount(LABELS[held], minlength=6).tolist() == expected


def test_both_parts_together_are_everything_once():
    kept, held = split_indices(LABELS, fraction=0.2, seed=0)
    assert sorted([*kept, *held]) == list(range(180))


def test_the_seed_decides_the_split():
    held = [split_indices(LABELS, fraction=0.2, seed=seed)[1].tolist() for seed in (0, 0, 1)]
    assert held[0] == held[1]
    assert held[0] != held[2]


def test_images_stay_with_their_labels(images):
    labels = np.arange(12) % 2
    (x_train, y_train), (x_val, y_val) = page.split_validation(images, labels, fraction=0.5, seed=0)
    for parts, targets in ((x_train, y_train), (x_val, y_val)):
        for image, label in zip(parts, targets, strict=True):
            [position] = [i for i in range(12) if np.array_equal(images[i], image)]
            assert labels[position] == label


# The networks


def test_the_article_network_counts_its_parameters_as_by_hand():
    model = page.build_article_network()
    by_hand = [
        3 * 3 * 3 * 32 + 32,
        3 * 3 * 32 * 64 + 64,
        3 * 3 * 64 * 64 + 64,
        2 * 2 * 64 * 64 + 64,  # 32 → 30 → 15 → 13 → 6 → 4 → 2 pixels
        64 * 10 + 10,
    ]
    assert [layer.count_params() for layer in model.layers if layer.weights] == by_hand
    assert model.count_params() == sum(by_hand) == 73_418
    assert model.output_shape == (None, 10)


def test_the_improved_network_counts_its_parameters_as_by_hand():
    model = page.build_improved_network()
    by_hand = []
    for before, filters in ((3, 32), (32, 64), (64, 128)):
        by_hand += [3 * 3 * before * filters, 4 * filters]  # no bias; four vectors normalize
    by_hand.append(128 * 10 + 10)
    # Augmentation keeps a seed state, which is no parameter of the model.
    counted = [layer.count_params() for layer in model.layers]
    assert [count for count in counted if count] == by_hand
    assert model.count_params() == sum(by_hand) == 95_210
    moving = sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights)
    assert moving == 2 * (32 + 64 + 128)
    assert model.output_shape == (None, 10)


@pytest.mark.parametrize("build", [page.build_article_network, page.build_improved_network])
@pytest.mark.parametrize("num_classes", [2, 10])
def test_outputs_are_probabilities(build, num_classes, images):
    probabilities = build(num_classes=num_classes).predict(images, verbose=0)
    assert probabilities.shape == (12, num_classes)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_the_article_network_rescales_first(images):
    model = page.build_article_network()
    white = np.full((1, 32, 32, 3), 255, np.uint8)
    np.testing.assert_allclose(model.layers[0](white), 1)
    after = keras.Sequential([keras.Input((32, 32, 3)), *model.layers[1:]])
    np.testing.assert_allclose(
        model.predict(images, verbose=0),
        after.predict(images.astype("float32") / 255, verbose=0),
        rtol=1e-5,
    )


def test_the_improved_network_augments_in_training_only(images):
    model = page.build_improved_network()
    flip, move, rescale = model.layers[:3]
    np.testing.assert_allclose(rescale(images[:1]), images[:1] / 255, rtol=1e-6)
    for layer in (flip, move):
        np.testing.assert_array_equal(layer(images, training=False), images)
        assert not np.array_equal(layer(images, training=True), images)
    first, second = (model.predict(images, verbose=0) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    first, second = (np.asarray(model(images, training=True)) for _ in range(2))
    assert not np.allclose(first, second, rtol=1e-3)


def test_flipping_is_horizontal_and_nothing_else(images):
    flip = page.build_improved_network().layers[0]
    flipped = np.asarray(flip(images, training=True))
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(flipped, images, strict=True)]
    kept = [np.array_equal(new, old) for new, old in zip(flipped, images, strict=True)]
    assert all(a != b for a, b in zip(mirrored, kept, strict=True))


# Training


def test_training_learns_what_can_be_learned():
    keras.utils.set_random_seed(0)
    model = page.build_article_network(num_classes=3)
    validation = colored(30, seed=1)
    history = page.train_image_classifier(
        model, colored(42, seed=0), validation, epochs=8, batch_size=7
    )
    assert set(history) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    assert {len(values) for values in history.values()} == {8}
    assert history["loss"][-1] < history["loss"][0]
    unseen_images, unseen_labels = colored(60, seed=2)
    predicted = model.predict(unseen_images, verbose=0).argmax(axis=1)
    # Guessing gives 20 of 60; 40 or more by luck has a chance of one in ten million.
    assert (predicted == unseen_labels).sum() >= 40


def test_training_keeps_the_best_epoch_and_not_the_last():
    keras.utils.set_random_seed(0)
    model = page.build_article_network(num_classes=3)
    steps = 6  # an epoch: 42 images in batches of 7
    ruinous = keras.optimizers.schedules.PiecewiseConstantDecay([6 * steps], [0.02, 1e4])
    validation = colored(30, seed=1)
    history = page.train_image_classifier(
        model,
        colored(42, seed=0),
        validation,
        epochs=8,
        batch_size=7,
        optimizer=keras.optimizers.SGD(ruinous, momentum=0.9),
    )
    best = max(history["val_accuracy"])
    assert history["val_accuracy"][-1] < best - 0.3, "the last epochs were meant to ruin the model"
    kept = model.evaluate(*validation, verbose=0, return_dict=True)
    assert kept["accuracy"] == pytest.approx(best)
    at = history["val_accuracy"].index(best)
    assert kept["loss"] == pytest.approx(history["val_loss"][at], rel=1e-4)


def test_one_seed_gives_one_history():
    def run(seed):
        keras.utils.set_random_seed(seed)
        model = page.build_article_network(num_classes=3)
        return page.train_image_classifier(
            model, colored(8, 0), colored(4, 1), epochs=2, batch_size=4
        )

    first, again, other = (run(seed)["loss"] for seed in (5, 5, 6))
    assert first == pytest.approx(again, rel=1e-5)
    assert first != pytest.approx(other, rel=1e-3)


def test_an_error_of_keras_is_shown_as_one_line(capsys):
    model = page.build_article_network()
    show_error(lambda: model.predict(np.zeros(4), verbose=0))
    [line] = capsys.readouterr().out.splitlines()
    name, _, message = line.partition(": ")
    assert name.endswith("Error")
    assert "shape" in message
    assert "\x1b" not in line
    assert not message.startswith("Exception encountered")


@pytest.mark.parametrize("build", [page.build_article_network, page.build_improved_network])
def test_a_reloaded_model_predicts_the_same(build, images, tmp_path):
    model = build()
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        reloaded.predict(images, verbose=0), model.predict(images, verbose=0)
    )


def test_augmentation_flips_and_shifts_by_a_tenth(images):
    flip, shift = page.augmentation()
    keras.utils.set_random_seed(0)
    # A picture whose pixels tell their column; reflection keeps every value within it.
    columns = np.tile(np.arange(32.0)[:, None], (64, 32, 1, 3))
    mirrored = np.asarray(flip(columns, training=True))[:, 0, :, 0]
    assert {tuple(row) for row in mirrored.tolist()} == {
        tuple(map(float, range(32))),
        tuple(map(float, range(31, -1, -1))),
    }
    moved = np.asarray(shift(columns, training=True))[:, 16, 16, 0] - 16
    assert 2 < abs(moved).max() <= 3.2 + 1e-3
    assert moved.min() < 0 < moved.max()


def test_the_rate_falls_along_a_cosine():
    rate = page.adam_with_cosine_decay(0.1, 200)._learning_rate
    found = [float(rate(step)) for step in (0, 50, 100, 150, 200)]
    half = np.sqrt(0.5)
    expected = [0.1, 0.05 * (1 + half), 0.05, 0.05 * (1 - half), 0]
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_seed_decides_split_network_and_order(monkeypatch):
    images, labels = colored(40, seed=0)
    calls = []
    monkeypatch.setattr(
        page, "train_image_classifier", lambda *found, **options: calls.append((found, options))
    )
    build = page.build_article_network
    for seed, peak in ((1, None), (1, 0.2), (2, None)):
        page.train_with_seed(build, images, labels, seed=seed, peak=peak, epochs=3, batch_size=16)
    (first, plain), (again, falling), (other, _) = calls
    np.testing.assert_array_equal(first[1][0], again[1][0])
    assert not np.array_equal(first[1][0], other[1][0])
    for one, same in zip(first[0].get_weights(), again[0].get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.array_equal(first[0].get_weights()[0], other[0].get_weights()[0])
    assert (plain["optimizer"], plain["epochs"], plain["batch_size"]) == ("adam", 3, 16)
    # 14, 13 and 13 of a class, a tenth of which is one: 37 images are three batches of 16
    rate = falling["optimizer"]._learning_rate
    assert (rate.initial_learning_rate, rate.decay_steps) == (0.2, 9)


# Recall


def test_recall_divides_by_rows_and_precision_by_columns():
    confusion = [[6, 2, 0], [1, 3, 0], [3, 0, 0]]
    assert page.recall_per_class(confusion) == [0.75, 0.75, 0]
    assert page.share_of_columns(confusion) == [0.6, 0.6, 0]


# Mistakes

PROBABILITIES = np.array(
    [
        [0.9, 0.1, 0.0],  # right
        [0.2, 0.7, 0.1],  # wrong, 0.7
        [0.1, 0.0, 0.9],  # wrong, 0.9
        [0.4, 0.3, 0.3],  # wrong, 0.4
        [0.1, 0.7, 0.2],  # wrong, 0.7 as well
    ]
)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 10])
def test_the_surest_mistakes_come_first_and_ties_keep_their_order(count):
    labels = np.array([0, 0, 1, 2, 2])
    found = page.most_confident_mistakes(PROBABILITIES, labels, count=count)
    assert found.tolist() == [2, 1, 4, 3][:count]


def test_many_ties_keep_their_order():
    probabilities = np.tile([0.75, 0.25], (1000, 1))
    found = page.most_confident_mistakes(probabilities, np.ones(1000, int), count=1000)
    assert found.tolist() == list(range(1000))


def test_without_mistakes_there_is_nothing_to_find():
    labels = PROBABILITIES.argmax(axis=1)
    assert page.most_confident_mistakes(PROBABILITIES, labels, count=3).shape == (0,)


# Figures


def test_images_are_drawn_with_titles_and_no_frames(images):
    axes = Figure().subplots(2, 3)
    page.show_images(axes, images[:4], ["a", "b", "c", "d"])
    drawn = [axis for axis in axes.flat if axis.images]
    assert [axis.get_title() for axis in drawn] == ["a", "b", "c", "d"]
    assert [len(axis.images) for axis in axes.flat] == [1, 1, 1, 1, 0, 0]
    for axis, image in zip(drawn, images, strict=False):
        np.testing.assert_array_equal(axis.images[0].get_array(), image)
        assert axis.images[0].get_interpolation() == "nearest"
    assert not any(axis.axison for axis in axes.flat)


def test_history_is_drawn_epoch_by_epoch():
    history = {
        "loss": [2.0, 1.0, 0.5],
        "val_loss": [2.1, 1.5, 1.6],
        "accuracy": [0.2, 0.5, 0.8],
        "val_accuracy": [0.1, 0.4, 0.45],
    }
    axes = Figure().subplots(1, 2)
    page.plot_history(axes, history)
    for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
        training, validation = axis.lines
        assert list(training.get_xdata()) == list(validation.get_xdata()) == [1, 2, 3]
        assert list(training.get_ydata()) == history[name]
        assert list(validation.get_ydata()) == history[f"val_{name}"]
        assert training.get_linestyle() != validation.get_linestyle()
        assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", name)
    labels = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert labels == ["training", "validation"]


def test_confusion_is_drawn_as_shares_of_the_true_class():
    confusion = np.array([[3, 1, 0], [1, 1, 0], [0, 0, 0]])
    axis = Figure().subplots()
    page.plot_confusion(axis, confusion, ("cat", "dog", "frog"))
    expected = [[75, 25, 0], [50, 50, 0], [0, 0, 0]]
    np.testing.assert_allclose(axis.images[0].get_array(), expected)
    assert axis.images[0].get_clim() == (0, 100)
    written = {text.get_position(): text for text in axis.texts}
    assert len(written) == 9
    for (column, row), text in written.items():
        share = expected[row][column]
        assert text.get_text() == str(share)
        assert text.get_color() == ("white" if share < 50 else "black")
    for ticks in (axis.get_xticklabels(), axis.get_yticklabels()):
        assert [label.get_text() for label in ticks] == ["cat", "dog", "frog"]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted", "true")


def test_reliability_is_drawn_for_filled_bins_only():
    confidence = np.array([0.0, 0.55, 0.95])
    accuracy = np.array([0.0, 0.5, 0.8])
    counts = np.array([0, 1, 3])
    axis = Figure().subplots()
    page.plot_reliability(axis, confidence, accuracy, counts)
    [diagonal], [points] = axis.lines, axis.collections
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    np.testing.assert_allclose(points.get_offsets(), [[0.55, 0.5], [0.95, 0.8]])
    small, large = points.get_sizes()
    assert large - 10 == pytest.approx(3 * (small - 10)), "areas grow with the counts"
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["perfectly calibrated"]


def test_results_are_drawn_a_row_a_recipe():
    axis = Figure().subplots()
    page.plot_results(axis, {"baseline": [0.4, 0.5, 0.45], "improved": [0.6, 0.5, 0.7]})
    points, mean, better, better_mean = axis.lines
    assert list(points.get_xdata()) == [0.4, 0.5, 0.45]
    assert list(points.get_ydata()) == [0, 0, 0]
    assert list(better.get_ydata()) == [1, 1, 1]
    assert list(mean.get_xdata()) == pytest.approx([0.45])
    assert list(better_mean.get_xdata()) == pytest.approx([0.6])
    assert points.get_marker() != better.get_marker()
    assert [label.get_text() for label in axis.get_yticklabels()] == ["baseline", "improved"]
    low, high = axis.get_ylim()
    assert low > high, "the first recipe is on top"


def test_an_answer_is_drawn_with_its_picture_and_bars(images):
    axes = Figure().subplots(1, 3)
    chances = np.array([0.1, 0.6, 0.3])
    page.plot_answer(axes, np.zeros((50, 60, 3), np.uint8), images[0], chances, ("a", "b", "c"))
    assert axes[0].images[0].get_array().shape == (50, 60, 3)
    np.testing.assert_array_equal(axes[1].images[0].get_array(), images[0])
    assert [bar.get_width() for bar in axes[2].patches] == chances.tolist()
    assert [label.get_text() for label in axes[2].get_yticklabels()] == ["a", "b", "c"]
    assert axes[2].get_xlim() == (0, 1)
