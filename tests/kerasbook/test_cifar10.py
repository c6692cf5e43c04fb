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


def test_the_data_folder_is_read_next(elsewhere):
    put_cifar10(elsewhere / "data", 7)
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    assert np.unique(x_train).tolist() == [7]
    assert (y_train.tolist(), y_test.tolist(), len(x_test)) == ([0, 1, 2, 3], [4, 5], 2)


def test_the_variable_goes_before_the_data_folder(elsewhere, monkeypatch):
    put_cifar10(elsewhere / "data", 7)
    put_cifar10(elsewhere / "named", 8)
    monkeypatch.setenv("KERASBOOK_DATA", str(elsewhere / "named"))
    assert np.unique(load_cifar10()[0][0]).tolist() == [8]


def test_the_files_go_before_the_download(elsewhere, monkeypatch):
    put_cifar10(elsewhere / "data", 7)
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: pytest.fail("downloaded"))
    load_cifar10()


@pytest.mark.parametrize("value", ["", "empty-folder"])
def test_a_variable_that_leads_nowhere_is_passed_over(elsewhere, monkeypatch, value):
    (elsewhere / "empty-folder").mkdir()
    put_cifar10(elsewhere / "data", 7)
    monkeypatch.setenv("KERASBOOK_DATA", value)
    assert np.unique(load_cifar10()[0][0]).tolist() == [7]


def test_labels_of_the_download_lose_their_second_axis(elsewhere, monkeypatch):
    pixels = np.zeros((3, 32, 32, 3), np.uint8)
    columns = np.array([[3], [1], [2]], np.uint8)
    downloaded = (pixels, columns), (pixels[:2], columns[:2])
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: downloaded)
    (x_train, y_train), (_, y_test) = load_cifar10()
    assert x_train.shape == (3, 32, 32, 3)
    assert y_train.tolist() == [3, 1, 2]
    assert y_test.tolist() == [3, 1]


@pytest.mark.parametrize("value", [None, "lost"])
def test_nothing_found_names_the_variable_and_the_cure(elsewhere, monkeypatch, value):
    if value:
        monkeypatch.setenv("KERASBOOK_DATA", value)
    with pytest.raises(FileNotFoundError) as caught:
        load_cifar10()
    assert str(caught.value) == (
        "CIFAR-10 was not found and could not be downloaded. Unpack the book's sample-data.zip "
        f"and set KERASBOOK_DATA to its folder. Received: KERASBOOK_DATA={value!r}"
    )
    assert isinstance(caught.value.__cause__, OSError)
