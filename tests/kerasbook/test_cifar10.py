"""CIFAR-10: where the loader looks, and what it says when nothing is there."""

import keras
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.cifar10 import CLASS_NAMES, load_cifar10


def put_cifar10(folder, value):
    """Write a tiny `cifar10.npz` whose training pixels all are `value`."""
    folder.mkdir(exist_ok=True)
    arrays = {
        "x_train": np.full((4, 32, 32, 3), value, np.uint8),
        "y_train": np.array([0, 1, 2, 3]),
        "x_test": np.zeros((2, 32, 32, 3), np.uint8),
        "y_test": np.array([4, 5]),
    }
    np.savez(folder / "cifar10.npz", **arrays)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Move to an empty folder, without the variable, and refuse the download."""

    def refuse():
        raise OSError("no network")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERASBOOK_DATA", raising=False)
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", refuse)
    return tmp_path


def test_the_sample_is_read_from_the_variable(elsewhere, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    assert (x_train.shape, x_test.shape) == ((2000, 32, 32, 3), (500, 32, 32, 3))
    assert x_train.dtype == x_test.dtype == np.uint8
    assert np.bincount(y_train).tolist() == [200] * 10
    assert np.bincount(y_test).tolist() == [50] * 10
    assert len(CLASS_NAMES) == 10


def test_the_files_go_before_the_download(elsewhere, monkeypatch):
    put_cifar10(elsewhere / "data", 7)
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: pytest.fail("downloaded"))
    load_cifar10()


def test_labels_of_the_download_lose_their_second_axis(elsewhere, monkeypatch):
    pixels = np.zeros((3, 32, 32, 3), np.uint8)
    columns = np.array([[3], [1], [2]], np.uint8)
    downloaded = (pixels, columns), (pixels[:2], columns[:2])
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: downloaded)
    (x_train, y_train), (_, y_test) = load_cifar10()
    assert x_train.shape == (3, 32, 32, 3)
    assert y_train.tolist() == [3, 1, 2]
    assert y_test.tolist() == [3, 1]


def test_nothing_found_names_the_variable_and_the_cure(elsewhere, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", "lost")
    with pytest.raises(FileNotFoundError) as caught:
        load_cifar10()
    assert str(caught.value) == (
        "CIFAR-10 was not found and could not be downloaded. Unpack the book's sample-data.zip "
        "and set KERASBOOK_DATA to its folder. Received: KERASBOOK_DATA='lost'"
    )
    assert isinstance(caught.value.__cause__, OSError)
