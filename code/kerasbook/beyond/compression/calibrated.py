"""Modes on a network of tokens, on any backend; GPTQ and AWQ calibrate."""

import warnings

import keras
import numpy as np


def build_token_network(seed):
    """Build a small network of tokens, and say which part is its block."""
    keras.utils.set_random_seed(seed)
    embed = keras.layers.Embedding(50, 32, name="embed")
    hidden = keras.layers.Dense(32, activation="relu", name="hidden")
    block = keras.Sequential([hidden, keras.layers.Dense(32)], name="block")
    network = keras.Sequential(
        [keras.Input((None,), dtype="int32"), embed, block]
    )
    structure = {"pre_block_layers": [embed], "sequential_blocks": [block]}
    return network, structure


def output_when_quantized(network, mode, config=None):
    """Quantize a network in place; its output `(16, 32)` for a fixed text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.quantize(mode, config=config)
    text = np.arange(16)[None]
    return keras.ops.convert_to_numpy(network(text))[0]


def quantize_calibrated(mode, tokens, seed=0):
    """Output of the network, quantized by GPTQ or AWQ with some tokens."""
    network, structure = build_token_network(seed)
    make = {"gptq": keras.quantizers.GPTQConfig,
            "awq": keras.quantizers.AWQConfig}[mode]  # fmt: skip
    config = make(
        [tokens], lambda text: text, num_samples=4, sequence_length=16,
        quantization_layer_structure=structure,
    )  # fmt: skip
    return output_when_quantized(network, mode, config)


def compare_modes():
    """Mean absolute error by mode, in percent of the standard deviation."""
    plain = build_token_network(0)[0](np.arange(16)[None])
    plain = keras.ops.convert_to_numpy(plain)[0]
    found = {}
    for mode in ("int8", "int4", "float8"):
        try:
            answer = output_when_quantized(build_token_network(0)[0], mode)
        except Exception as error:
            found[mode] = type(error).__name__
        else:
            off = np.abs(answer - plain).mean() / plain.std()
            found[mode] = f"{100 * float(off):.1f}%"
    return found
