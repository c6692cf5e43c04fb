"""Weights from a file: what fits is put in, what does not is named with its cure."""

import keras
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook import weight_files as page

FILE = SAMPLE / "nanodet" / "weights.npz"


@pytest.fixture
def model():
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.Dense(3, name="first")(inputs))


def good():
    return {
        "first/kernel": np.arange(6, dtype="float16").reshape(2, 3),
        "first/bias": np.ones(3, "float16"),
    }


def test_arrays_are_put_in_by_name_as_float32(model):
    page.assign_weights(model, dict(reversed(good().items())))
    assert model.layers[1].kernel.numpy().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert model.layers[1].bias.numpy().tolist() == [1, 1, 1]
    assert model.layers[1].kernel.dtype == "float32"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"first/kernel": np.zeros((3, 2))},
            r"first/kernel: the network has \(2, 3\), the file \(3, 2\)\. Build the network",
        ),
        (
            {"second/bias": np.zeros(4)},
            r"second/bias: the network has no such weight, the file \(4,\)\. Build",
        ),
        (
            {"first/bias": None},
            r"first/bias: the network has \(3,\), the file no such array\. Build",
        ),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_changed(model, change, message):
    before = [weight.numpy().copy() for weight in model.weights]
    arrays = {name: array for name, array in (good() | change).items() if array is not None}
    with pytest.raises(ValueError, match=message):
        page.assign_weights(model, arrays)
    for weight, old in zip(model.weights, before, strict=True):
        assert np.array_equal(weight.numpy(), old)


def test_a_file_cut_in_half_is_named(tmp_path):
    content = FILE.read_bytes()
    path = tmp_path / "half.npz"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"fetch or copy it again.*'half.npz' \(BadZipFile\)"):
        page.read_arrays(path)


@pytest.mark.parametrize("content", [b"", b"no weights", None, b"\x80\x04N."])
def test_what_is_no_file_of_arrays_is_named(tmp_path, content):
    path = tmp_path / "some.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"Expected a whole \.npz file.*Received: 'some\.npz'"):
        page.read_arrays(path)


def test_a_single_array_is_no_file_of_arrays(tmp_path):
    np.save(tmp_path / "one.npy", np.zeros(3))
    with pytest.raises(ValueError, match=r"'one\.npy'"):
        page.read_arrays(tmp_path / "one.npy")


def test_pickled_objects_are_refused(tmp_path):
    np.savez(tmp_path / "objects.npz", first=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match=r"'objects\.npz' \(ValueError\)"):
        page.read_arrays(tmp_path / "objects.npz")
