"""A network small enough to be written into a page, where a browser runs it."""

import base64
import json

import numpy as np

LARGEST = 2**15 - 1  # of a whole number of 16 bits


def pack_array(array):
    """Round an array to whole numbers of 16 bits, and write them as text.

    Returns a dict: `shape`, `scale`, and `values`, little-endian in base64;
    a whole number times `scale` is the value, to half a `scale`.
    """
    scale = float(np.abs(array).max()) / LARGEST or 1.0
    whole = np.round(np.asarray(array) / scale).astype("<i2")
    values = base64.b64encode(whole.tobytes()).decode("ascii")
    return {"shape": list(whole.shape), "scale": scale, "values": values}


def unpack_array(packed):
    """Read what `pack_array` wrote, as a browser does."""
    whole = np.frombuffer(base64.b64decode(packed["values"]), "<i2")
    return whole.reshape(packed["shape"]) * packed["scale"]


def run_packed(packed, inputs):
    """Run a packed network of two dense layers: probabilities `(n, 10)`."""
    kernel, bias, last, last_bias = map(unpack_array, packed)
    hidden = np.maximum(inputs @ kernel + bias, 0)
    logits = hidden @ last + last_bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def write_network(packed, examples):
    """Return network and examples as JSON, which the page carries.

    Raises:
        ValueError: if the weights are not those of the layers that run there.
    """
    shapes = [tuple(array["shape"]) for array in packed]
    units = shapes[0][-1:] if shapes else ()
    layers = [(64, *units), units, (*units, 10), (10,)]
    if shapes != layers:
        raise ValueError(
            "Expected the weights of two dense layers, which digit.js and "
            f"run_packed run, 64 pixels to 10 digits: shapes {layers}. "
            f"Received: shapes {shapes}"
        )
    return json.dumps({"network": packed, "examples": examples})


def most_influential_units(packed, pixels, *, count):
    """Hidden units that contribute most to the predicted class."""
    kernel, bias, last, last_bias = map(unpack_array, packed)
    hidden = np.maximum(pixels @ kernel + bias, 0)
    best = (hidden @ last + last_bias).argmax()
    return np.argsort(-hidden * last[:, best], kind="stable")[:count]


def draw_live_answer(axes, packed, pixels, units):
    """Draw an image, its ten probabilities and weights of hidden units.

    Args:
        axes: Matplotlib axes, two more than units.
        packed: the network.
        pixels: of the image, `(64,)`.
        units: numbers of hidden units.
    """
    picture, bars, *patterns = axes
    picture.imshow(pixels.reshape(8, 8), cmap="gray_r")
    bars.barh(range(10), run_packed(packed, pixels[np.newaxis])[0])
    bars.set_yticks(range(10))
    bars.invert_yaxis()
    bars.set_xlim(0, 1)
    kernel = unpack_array(packed[0])
    for axis, unit in zip(patterns, units, strict=True):
        most = np.abs(kernel[:, unit]).max()
        axis.imshow(
            kernel[:, unit].reshape(8, 8), cmap="PuOr", vmin=-most, vmax=most
        )
    for axis in (picture, *patterns):
        axis.axis("off")
