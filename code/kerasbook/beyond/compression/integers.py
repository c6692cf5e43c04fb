"""Weights as small integers, in NumPy: what Keras's int8 and int4 do."""

import numpy as np


def quantize_per_channel(kernel, largest=127):
    """Symmetric per-channel int8 quantization of a kernel.

    Returns the integers, int8 of the kernel's shape `(inputs, units)`, and
    the scales `(units,)`: an integer is about weight times scale.
    """
    if lost := np.sum(~np.isfinite(kernel)):
        raise ValueError(f"Expected finite weights. Received: {lost} others")
    scale = largest / (np.abs(kernel).max(axis=0) + 1e-7)  # never by 0
    return np.round(kernel * scale).astype("int8"), scale


def int8_matmul(x, integers, scale):
    """Matrix product in int8 with dynamic quantization of the inputs.

    Args:
        x: float array of shape `(batch, inputs)`.
        integers: int8 array of shape `(inputs, units)`.
        scale: of each column, shape `(units,)`.
    """
    rows, row_scale = quantize_per_channel(x.T)  # ①
    sums = rows.T.astype("int32") @ integers.astype("int32")  # ②
    return sums / (row_scale[:, None] * scale)  # ③


def pack_int4(first, second):
    """Pack two int4 values into one byte."""
    for value in (first, second):
        if not -8 <= value <= 7:
            raise ValueError(
                "Expected integers from -8 to 7, which four bits hold. "
                f"Received: {value}"
            )
    return (first & 15) + 16 * (second & 15)


def unpack_int4(byte):
    """Take the two integers out of a byte again."""
    halves = byte % 16, byte // 16
    return tuple(half - 16 if half > 7 else half for half in halves)


def quantize_dequantize(weights, largest):
    """Quantize and dequantize weights that share one scale."""
    weights = np.asarray(weights, float)
    scale = largest / np.abs(weights).max()
    return np.round(weights * scale) / scale


def careless_quantize_dequantize(weights, largest):
    """Make a mistake: cut off the decimals instead of rounding."""
    weights = np.asarray(weights, float)
    scale = largest / np.abs(weights).max()
    return np.trunc(weights * scale) / scale
