"""Quantize a network, or say in one sentence why nothing would come of it."""

import warnings

import keras

MODES = ("int8", "int4", "float8")  # those that need no calibration
QUANTIZABLE = (
    keras.layers.Dense, keras.layers.EinsumDense,
    keras.layers.Embedding, keras.layers.ReversibleEmbedding,
)  # fmt: skip


def inner_layers(model):
    """Return the layers that `quantize` visits: all that hold no layers."""
    layers = model._flatten_layers()  # those within layers and models too
    return [layer for layer in layers if len(layer._flatten_layers()) == 1]


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
    """Quantize in place; return the quantized layers' share of parameters."""
    check_quantizable(model, mode)
    whole = model.count_params()
    sizes = [(layer, layer.count_params()) for layer in inner_layers(model)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one for each other layer
        model.quantize(mode)
    return sum(size for layer, size in sizes if layer.quantization_mode) / whole
