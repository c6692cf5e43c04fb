"""Quantize a network, or say in one sentence why nothing would come of it."""

import warnings

import keras

MODES = ("int8", "int4", "float8")  # those that need no calibration
QUANTIZABLE = (
    keras.layers.Dense, keras.layers.EinsumDense, keras.layers.Embedding
)  # fmt: skip


def inner_layers(model):
    """Return all layers of a model, those of models within it too."""
    found = []
    for layer in model.layers:
        nested = isinstance(layer, keras.Model)
        found += inner_layers(layer) if nested else [layer]
    return found


def check_quantizable(model, mode):
    """Raise an error unless `model.quantize(mode)` would do something."""
    if mode not in MODES:
        raise ValueError(
            f"Expected one of {', '.join(MODES)}. Received: mode={mode!r}"
        )
    layers = inner_layers(model)
    for layer in layers:
        if layer.quantization_mode is not None:
            raise ValueError(
                f"Layer {layer.name!r} is {layer.quantization_mode} already: "
                "load the float32 model again and quantize that. "
                f"Received: mode={mode!r}"
            )
    if not any(type(layer) in QUANTIZABLE for layer in layers):
        kinds = sorted({type(layer).__name__ for layer in layers})
        raise ValueError(
            "Expected a Dense, EinsumDense or Embedding layer, the only ones "
            f"that Keras quantizes. Received: {', '.join(kinds)}. Export the "
            "model and quantize it there"
        )


def quantize_model(model, mode):
    """Quantize in place; return the fraction of parameters quantized."""
    check_quantizable(model, mode)
    reached = sum(
        layer.count_params()
        for layer in inner_layers(model)
        if type(layer) in QUANTIZABLE
    )
    share = reached / model.count_params()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one for each other layer
        model.quantize(mode)
    return share
