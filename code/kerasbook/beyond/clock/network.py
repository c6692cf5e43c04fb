"""A small network of photos, to be timed, and photos for it."""

from functools import partial

import keras
import numpy as np


def build_photo_network(size=32, *, dtype="float32", **compiled):
    """Build and compile a network from `(batch, size, size, 3)` to 10 logits.

    Args:
        size: width and height of the photos; `None` for any.
        dtype: what the layers compute in, such as `"mixed_bfloat16"`.
        compiled: further settings of `compile`.
    """
    kinds = keras.layers
    convolution = partial(
        kinds.Conv2D, kernel_size=3, padding="same", activation="relu"
    )
    model = keras.Sequential(
        [
            keras.Input((size, size, 3)),
            convolution(16, dtype=dtype, name="conv_16"),
            kinds.MaxPooling2D(dtype=dtype, name="pool_16"),
            convolution(32, dtype=dtype, name="conv_32"),
            kinds.GlobalAveragePooling2D(dtype=dtype, name="mean"),
            kinds.Dense(10, dtype="float32", name="logits"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, **compiled)
    return model


def draw_photos(count, *, seed=0):
    """Draw noise in place of photos `(count, 32, 32, 3)`, and labels."""
    generator = np.random.default_rng(seed)
    photos = generator.random((count, 32, 32, 3), dtype="float32")
    return photos, generator.integers(0, 10, count)
