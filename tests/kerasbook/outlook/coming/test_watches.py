"""Watches: each holds today, and says so when Keras changes in the way that it is about."""

import importlib.metadata
import importlib.util
import types

import keras
import pytest

from kerasbook.outlook.coming import watches
from kerasbook.outlook.coming.watches import (
    WATCHES,
    convolution_stays_float,
    int8_kernel_is_frozen,
    interpreter_is_there,
    jax_writes_no_litert,
    lstm_keeps_mask,
    mask_helper_is_there,
    mlx_is_unknown,
    nnx_is_off,
    openvino_is_inside,
    ops_have_no_grad,
    quantize_reports_nothing,
    torch_lists_no_devices,
    torch_takes_one_step,
)


def raising(error):
    def raise_it(*args, **kwargs):
        raise error

    return raise_it


def stop_masks(patch):
    frozen = property(lambda layer: False, lambda layer, value: None)
    patch.setattr(keras.layers.LSTM, "supports_masking", frozen)


def quantized_network(layers):
    """Stand for a network whose kernel is trained in int8."""
    weights = [types.SimpleNamespace(name=name) for name in ("kernel", "bias")]
    return types.SimpleNamespace(quantize=lambda mode: None, trainable_weights=weights)


def answer_in_process(said):
    """Have a new Python write a text for each backend to its error stream; none is started."""

    def run(*args, env, **kwargs):
        return types.SimpleNamespace(stderr=said[env["KERAS_BACKEND"]])

    return run


# What Keras would be like if the sentence were no longer true.
CHANGES = {
    ops_have_no_grad: lambda patch: patch.setattr(keras.ops, "grad", print, raising=False),
    lstm_keeps_mask: stop_masks,
    quantize_reports_nothing: lambda patch: patch.setattr(
        keras, "Sequential", lambda layers: types.SimpleNamespace(quantize=lambda mode: "a report")
    ),
    int8_kernel_is_frozen: lambda patch: patch.setattr(keras, "Sequential", quantized_network),
    convolution_stays_float: lambda patch: patch.setattr(
        keras.layers.Conv2D, "kernel", types.SimpleNamespace(dtype="int8")
    ),
    openvino_is_inside: lambda patch: patch.setattr(
        importlib.util, "find_spec", lambda name: None
    ),
    mask_helper_is_there: lambda patch: patch.delattr(keras.src.backend, "get_keras_mask"),
    nnx_is_off: lambda patch: patch.setattr(keras.config, "is_nnx_enabled", lambda: True),
    interpreter_is_there: lambda patch: patch.setattr(
        importlib.metadata, "files", lambda package: ["tensorflow/__init__.py"]
    ),
}  # fmt: skip
NOTHING_QUANTIZED = "ignore:.*quantize:UserWarning"


@pytest.mark.parametrize("watch", CHANGES)
@pytest.mark.filterwarnings(NOTHING_QUANTIZED)
def test_a_watch_holds_until_keras_changes(watch, monkeypatch):
    assert watch() is True
    CHANGES[watch](monkeypatch)
    assert watch() is False


@pytest.mark.parametrize(
    ("mlx", "madeup", "unknown"),
    [
        # Both refused, in the words of Keras 3.15 and in those of the nightly build.
        (
            'File "a"\nValueError: Unable to import backend : mlx\n',
            'File "b"\nValueError: Unable to import backend : madeup\n',
            True,
        ),
        (
            "ValueError: Unsupported backend : mlx",
            "ValueError: Unsupported backend : madeup",
            True,
        ),
        (
            "ImportError: The mlx backend is not installed.",
            "ValueError: Unsupported backend : madeup",
            False,
        ),
        ("", "ValueError: Unsupported backend : madeup", False),  # mlx is installed
    ],
)
def test_mlx_is_unknown_while_it_is_refused_as_any_name_is(monkeypatch, mlx, madeup, unknown):
    run = answer_in_process({"mlx": mlx, "madeup": madeup})
    monkeypatch.setattr(watches.subprocess, "run", run)
    assert mlx_is_unknown() is unknown


@pytest.mark.parametrize(
    ("watch", "owner", "name", "error"),
    [
        (
            jax_writes_no_litert, keras.Sequential, "export",
            ValueError("LiteRT export requires TensorFlow or PyTorch backend."),
        ),
        (
            torch_takes_one_step, keras.Sequential, "fit",
            ValueError("`steps_per_execution` must be 1 with the PyTorch backend."),
        ),
        (
            torch_lists_no_devices, keras.distribution, "list_devices",
            AttributeError("'NoneType' object has no attribute 'list_devices'"),
        ),
    ],
)  # fmt: skip
def test_a_refusal_holds_and_success_is_news(monkeypatch, watch, owner, name, error):
    monkeypatch.setattr(owner, name, raising(error))
    assert watch() is True
    monkeypatch.setattr(owner, name, lambda *args, **kwargs: [])
    assert watch() is False


@pytest.mark.parametrize("watch", [jax_writes_no_litert, torch_takes_one_step])
def test_another_refusal_is_news_too(monkeypatch, watch):
    for name in ("export", "fit"):
        monkeypatch.setattr(keras.Sequential, name, raising(ValueError("something else")))
    assert watch() is False


def test_every_watch_is_tested_and_is_a_sentence():
    every = {watch for several in WATCHES.values() for watch in several}
    elsewhere = {
        mlx_is_unknown, jax_writes_no_litert, torch_takes_one_step, torch_lists_no_devices,
    }  # fmt: skip
    assert every == CHANGES.keys() | elsewhere
    for watch in every:
        assert watch.__doc__.endswith(".")
        assert "\n" not in watch.__doc__
