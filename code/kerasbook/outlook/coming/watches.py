"""Sentences about today's Keras, each a function that says whether it holds.

A watch takes nothing and returns a bool. Its docstring is the sentence, in
the present; one that returns False has news.
"""

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import tempfile

import keras
import numpy as np


def ops_have_no_grad():
    """`keras.ops` has no function `grad`."""
    return not hasattr(keras.ops, "grad")


def lstm_keeps_mask():
    """An LSTM hands on the mask that it was given."""
    return keras.layers.LSTM(1, return_sequences=True).supports_masking


def quantize_reports_nothing():
    """`Model.quantize` returns nothing."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    return model.quantize("int8") is None


def int8_kernel_is_frozen():
    """A dense layer in int8 has no kernel to train."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.quantize("int8")
    names = [weight.name for weight in model.trainable_weights]
    return names == ["bias"]


def convolution_stays_float():
    """`quantize("int8")` leaves a convolution in float32."""
    network = [keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 2)]
    model = keras.Sequential(network)
    model.quantize("int8")
    return model.layers[0].kernel.dtype == "float32"


def mlx_is_unknown():
    """Keras knows a backend `mlx` no better than a name that we made up."""
    said = set()
    for name in ("mlx", "madeup"):
        ended = subprocess.run(
            [sys.executable, "-c", "import keras"],
            env={**os.environ, "KERAS_BACKEND": name},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        error = ended.stderr.strip().rpartition("\n")[2]
        said.add(error.replace(name, "it"))
    return len(said) == 1


def openvino_is_inside():
    """The package `keras` holds its OpenVINO backend."""
    return importlib.util.find_spec("keras.src.backend.openvino") is not None


def mask_helper_is_there():
    """`keras.src.backend` has `get_keras_mask`, which KerasHub imports."""
    return hasattr(keras.src.backend, "get_keras_mask")


def nnx_is_off():
    """NNX is off, unless one asks for it."""
    return not keras.config.is_nnx_enabled()


def jax_writes_no_litert():
    """On JAX, Keras refuses to write LiteRT."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with tempfile.TemporaryDirectory() as folder:
        try:
            model.export(f"{folder}/m.tflite", format="litert", verbose=False)
        except ValueError as error:
            return "requires TensorFlow or PyTorch backend" in str(error)
    return False


def interpreter_is_there():
    """TensorFlow still ships the interpreter it was to delete in 2.20."""
    files = importlib.metadata.files("tensorflow")
    return "tensorflow/lite/python/interpreter.py" in map(str, files)


def torch_lists_no_devices():
    """On PyTorch, `keras.distribution` cannot list devices."""
    try:
        keras.distribution.list_devices()
    except AttributeError:
        return True
    return False


def torch_takes_one_step():
    """On PyTorch, `steps_per_execution=2` is an error."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=2)
    try:
        model.fit(np.ones((2, 2)), np.ones(2), verbose=0)
    except ValueError as error:
        return "must be 1 with the PyTorch backend" in str(error)
    return False


# By the backend that they run on.
WATCHES = {
    "jax": (
        ops_have_no_grad, lstm_keeps_mask, quantize_reports_nothing,
        int8_kernel_is_frozen, convolution_stays_float, mlx_is_unknown,
        openvino_is_inside, mask_helper_is_there, nnx_is_off,
        jax_writes_no_litert, interpreter_is_there,
    ),
    "torch": (torch_lists_no_devices, torch_takes_one_step),
}  # fmt: skip
