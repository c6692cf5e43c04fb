"""A small network, and data for it."""

import keras
import numpy as np


def draw_table(count=256, *, seed=0):
    """Draw a table `(count, 16)` and labels: is the sum of a row positive?"""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(count, 16)).astype("float32")
    return rows, (rows.sum(axis=1) > 0).astype("int64")


def build_table_network(units=32, *, optimizer="adam", **compiled):
    """Build and compile a network: rows of 16 numbers to two probabilities."""
    model = keras.Sequential([keras.Input((16,))])
    model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(2, activation="softmax"))
    model.compile(optimizer, "sparse_categorical_crossentropy", **compiled)
    return model


def build_two_kinds():
    """Build a network of convolutions and one of dense layers, by name."""
    kinds = keras.layers
    pictures = [kinds.Conv2D(64, 3), kinds.Conv2D(64, 3), kinds.Flatten()]
    tables = [kinds.Dense(256, activation="relu"), kinds.Dense(256)]
    return {
        "convolutions": keras.Sequential(
            [keras.Input((8, 8, 3)), *pictures, kinds.Dense(4)]
        ),
        "dense layers": keras.Sequential(
            [keras.Input((256,)), *tables, kinds.Dense(4)]
        ),
    }
