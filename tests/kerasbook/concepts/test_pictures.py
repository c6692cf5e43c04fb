"""Pictures and their table: same pixels, files in step with labels, batches, submissions."""

import keras
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kerasbook.concepts import pictures as page


@pytest.fixture
def written(tmp_path):
    """Return a folder of 30 pictures, the images, and the table."""
    images = np.random.default_rng(0).integers(0, 256, (30, 6, 5), dtype=np.uint8)
    table = page.write_pictures(tmp_path / "set", images, np.arange(30) % 3, seed=0)
    return tmp_path / "set", images, table


def test_pictures_come_back_pixel_by_pixel_and_out_of_order(written):
    folder, images, table = written
    assert len([*folder.iterdir()]) == 30
    assert list(table["file"]) != sorted(table["file"])
    for image, name in zip(images, table["file"], strict=True):
        np.testing.assert_array_equal(page.read_picture(folder / name)[..., 0], image)


def test_a_sorted_table_and_the_folder_are_in_step(written):
    folder, images, table = written
    table = table.assign(place=range(30)).sort_values("file")
    read = keras.utils.image_dataset_from_directory(
        folder, labels=table["label"].tolist(), color_mode="grayscale", image_size=(6, 5),
        shuffle=False, verbose=False,
    )  # fmt: skip
    pixels = np.concatenate([batch.numpy() for batch, _ in read])[..., 0]
    np.testing.assert_array_equal(pixels, images[table["place"]])
    np.testing.assert_array_equal(np.concatenate([y.numpy() for _, y in read]), table["label"])


def test_batches_hold_each_picture_once_with_its_label(written):
    folder, images, table = written
    batches = page.PictureBatches(folder, table, 8)
    assert len(batches) == 4
    assert [len(batches[i][1]) for i in range(4)] == [8, 8, 8, 6]
    np.testing.assert_array_equal(np.concatenate([batches[i][0] for i in range(4)])[..., 0], images)
    np.testing.assert_array_equal(np.concatenate([batches[i][1] for i in range(4)]), table["label"])


def test_a_network_learns_light_from_dark(tmp_path):
    dark, light = np.full((2, 40, 8, 8), [[[[20]]], [[[200]]]], dtype=np.uint8)
    images, labels = np.concatenate([dark, light]), np.repeat([3, 7], 40)
    table = page.write_pictures(tmp_path / "set", images, labels, seed=0)
    reader = page.train_digit_classifier(page.PictureBatches(tmp_path / "set", table, 8), epochs=8)
    chances = reader.predict(np.full((1, 8, 8, 1), 200.0), verbose=0)
    assert chances.shape == (1, 10)
    assert chances.sum() == pytest.approx(1, abs=1e-5)
    assert chances.argmax() == 7


def test_a_submission_is_scored_by_name_not_by_place(tmp_path):
    answers = pd.DataFrame({"file": ["a.png", "b.png", "c.png"], "label": [1, 2, 3]})
    path = tmp_path / "submission.csv"
    page.write_submission(path, ["x/c.png", "x/a.png", "x/b.png"], [3, 1, 9])
    assert path.read_text() == "file,label\nc.png,3\na.png,1\nb.png,9\n"
    assert page.score_submission(path, answers) == pytest.approx(2 / 3)


def test_a_file_that_a_submission_leaves_out_counts_as_wrong(tmp_path):
    answers = pd.DataFrame({"file": ["a.png", "b.png", "c.png"], "label": [1, 2, 3]})
    page.write_submission(tmp_path / "s.csv", ["b.png"], [2])
    assert page.score_submission(tmp_path / "s.csv", answers) == pytest.approx(1 / 3)


def test_a_file_that_is_answered_twice_is_no_submission(tmp_path):
    answers = pd.DataFrame({"file": ["a.png"], "label": [1]})
    page.write_submission(tmp_path / "s.csv", ["a.png", "a.png"], [1, 2])
    with pytest.raises(pd.errors.MergeError, match="one-to-one"):
        page.score_submission(tmp_path / "s.csv", answers)


def test_pictures_are_drawn_below_their_titles():
    axes = Figure().subplots(1, 2)
    images = np.array([[[0, 255]], [[9, 9]]])
    page.plot_pictures(axes, images, [4, 5])
    assert [axis.get_title() for axis in axes] == ["4", "5"]
    np.testing.assert_array_equal(axes[1].images[0].get_array(), [[9, 9]])


# What the pitfalls claim of Keras


def test_two_seeds_put_files_into_both_parts_and_one_does_not(written):
    folder, _, table = written

    def files(subset, seed):
        return set(
            keras.utils.image_dataset_from_directory(
                folder, labels=table["label"].tolist(), validation_split=0.2, subset=subset,
                seed=seed, image_size=(6, 5), verbose=False,
            ).file_paths
        )  # fmt: skip

    assert not files("training", 0) & files("validation", 0)
    assert files("training", 0) & files("validation", 1)


def test_folders_are_sorted_as_words(tmp_path):
    for digit in range(11):
        page.write_pictures(tmp_path / str(digit), np.zeros((1, 4, 4), np.uint8), [0], seed=0)
    read = keras.utils.image_dataset_from_directory(tmp_path, image_size=(4, 4), verbose=False)
    assert read.class_names[:3] == ["0", "1", "10"]
