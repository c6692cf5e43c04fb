"""Streams: pictures in step with their labels, each row once in an epoch, means by chunks."""

import itertools

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kerasbook.concepts import streams as page
from kerasbook.grading import grade


@pytest.fixture
def table(tmp_path):
    """Return a CSV file of 70 digits whose first pixel is the number of the row, and its table."""
    pixels = np.random.default_rng(0).integers(0, 256, (70, 64))
    pixels[:, 0] = np.arange(70)
    rows = pd.DataFrame(pixels).assign(label=np.arange(70) % 10)
    rows.to_csv(tmp_path / "digits.csv", index=False)
    return tmp_path / "digits.csv", rows


def test_a_picture_comes_back_pixel_by_pixel_with_its_label(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 1), dtype=np.uint8)
    keras.utils.save_img(tmp_path / "0.png", image, scale=False)
    files = [str(tmp_path / "0.png")]
    pairs = tf.data.Dataset.from_tensor_slices((files, [7])).map(page.decode_picture)
    assert pairs.element_spec[0].shape == (8, 8, 1)
    ((read, label),) = pairs
    np.testing.assert_array_equal(read, image)
    assert (read.dtype, label) == ("float32", 7)


def test_a_picture_of_another_size_is_refused(tmp_path):
    keras.utils.save_img(tmp_path / "0.png", np.zeros((9, 8, 1)), scale=False)
    with pytest.raises(tf.errors.InvalidArgumentError, match="9,8,1"):
        page.decode_picture(str(tmp_path / "0.png"), 7)


def test_an_epoch_of_batches_holds_each_row_once_with_its_label(table):
    path, rows = table
    batches = page.batches_from_csv(path, rows=32, batch_size=16)
    epoch = [*itertools.islice(batches, 5)]
    batches.close()
    assert [len(labels) for _, labels in epoch] == [16, 16, 16, 16, 6]
    images = np.concatenate([images for images, _ in epoch])
    order = images[:, 0, 0, 0].astype(int)
    assert sorted(order) == list(range(70))
    np.testing.assert_array_equal(images.reshape(70, 64), rows.drop(columns="label").iloc[order])
    labels = np.concatenate([labels for _, labels in epoch])
    np.testing.assert_array_equal(labels, rows["label"].iloc[order])


def test_rows_are_mixed_within_their_chunk_and_anew_each_epoch(table):
    path, _ = table
    batches = page.batches_from_csv(path, rows=32, batch_size=32)
    first, second = ([*itertools.islice(batches, 3)] for _ in range(2))
    batches.close()
    for start, (images, _) in zip((0, 32, 64), first, strict=True):
        assert sorted(images[:, 0, 0, 0]) == list(range(start, min(start + 32, 70)))
    orders = [images[:, 0, 0, 0].tolist() for images, _ in (first[0], second[0])]
    assert orders[0] != sorted(orders[0])
    assert orders[0] != orders[1]


# The exercise

CASES = [(([[1, 3], [5]],), 3), (([[2], [4, 6, 8, 10]],), 6)]


def test_the_mean_counts_values_and_the_usual_mistake_counts_chunks():
    assert grade(page.mean_of_chunks, CASES) == "Right in all 2 cases."
    said = grade(page.mean_of_means, CASES)
    assert said.startswith("Wrong for ([[1, 3], [5]]): expected 3, received 3.5")
