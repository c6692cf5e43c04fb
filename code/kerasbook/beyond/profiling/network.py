"""A small network of photos, to be timed, and photos for it."""

import keras
import numpy as np


def build_photo_network(size=32, *, dtype="float32", **compiled):
    """Build and compile a network: `(batch, size, size, 3)` to 10 logits."""
    kinds = keras.layers
    settings = {"padding": "same", "activation": "relu", "dtype": dtype}
    model = keras.Sequential([keras.Input((size, size, 3))])
    for filters in (16, 32):
        name = f"conv_{filters}"
        model.add(kinds.Conv2D(filters, 3, name=name, **settings))
        model.add(kinds.MaxPooling2D(name=f"pool_{filters}", dtype=dtype))
    model.add(kinds.GlobalAveragePooling2D(name="mean", dtype=dtype))
    model.add(kinds.Dense(10, name="logits", dtype="float32"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, **compiled)
    return model


def draw_photos(count, *, seed=0):
    """Draw noise in place of photos `(count, 32, 32, 3)`, and labels."""
    generator = np.random.default_rng(seed)
    photos = generator.random((count, 32, 32, 3), dtype="float32")
    return photos, generator.integers(0, 10, count)
