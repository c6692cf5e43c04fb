"""Convolutions made smaller: each file answers nearly like its source."""

import keras
import numpy as np
import pytest

from kerasbook.beyond.compression.outside import (
    answer_litert,
    answer_onnx,
    to_bfloat16,
    write_small_litert,
    write_small_onnx,
)
from kerasbook.beyond.compression.sizes import weight_megabytes

pytest.importorskip("ai_edge_litert", reason="needs the group export")
pytest.importorskip("onnxruntime", reason="needs the group export")
pytest.importorskip("tf2onnx", reason="needs the group export")

pytestmark = [
    pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports from TensorFlow"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3), name="image"),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    return model


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((16, 8, 8, 3)).astype("float32")


def test_half_of_the_bytes(network, images):
    half = to_bfloat16(network)
    assert weight_megabytes(half) == weight_megabytes(network) / 2
    assert network.dtype_policy.name == "float32"
    plain = network.predict(images, verbose=0)
    off = np.abs(plain - half.predict(images, verbose=0).astype("float32")).max()
    assert 0 < off < 0.05 * np.abs(plain).max()


def test_half_of_the_bytes_of_branches_and_of_a_model_within(images):
    image = keras.Input((8, 8, 3))
    inner = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()]
    )
    branches = [inner(image), keras.layers.Flatten()(image)]
    scores = keras.layers.Dense(2)(keras.layers.Concatenate()(branches))
    model = keras.Model(image, scores)
    half = to_bfloat16(model)
    assert {weight.dtype for weight in half.weights} == {"bfloat16"}
    assert {weight.dtype for weight in model.weights} == {"float32"}
    plain = model.predict(images, verbose=0)
    off = np.abs(plain - half.predict(images, verbose=0).astype("float32")).max()
    assert 0 < off < 0.05 * np.abs(plain).max()


@pytest.mark.parametrize(
    ("write", "answer"),
    [(write_small_onnx, answer_onnx), (write_small_litert, answer_litert)],
    ids=["onnx", "litert"],
)
def test_a_quarter_and_nearly_the_same_answers(write, answer, network, images, tmp_path):
    path = tmp_path / f"small.{'onnx' if answer is answer_onnx else 'tflite'}"
    write(network, str(path))
    assert path.stat().st_size < 0.4e6 * weight_megabytes(network)
    plain = network.predict(images, verbose=0)
    off = np.abs(plain - answer(str(path), images)).max()
    assert 0 < off < 0.1 * np.abs(plain).max()
