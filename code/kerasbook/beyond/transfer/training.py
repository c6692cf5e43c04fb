"""A head of two dense layers, trained on features step by step."""

import keras
from keras import layers


def build_mlp_head(width, *, hidden=512, num_classes=10):
    """An MLP head with dropout 0.5 before each dense layer."""
    return keras.Sequential([
        keras.Input((width,)),
        layers.Dropout(0.5),
        layers.Dense(hidden, activation="gelu"),
        layers.Dropout(0.5),
        layers.Dense(num_classes),
    ])  # fmt: skip


def train_head(model, x, y, *, epochs, batch_size=250):
    """Train a head on standardized features; its rate falls to zero.

    Args:
        model: gives logits.
        x: standardized features `(n, d)`.
        y: integer labels `(n,)`.
        epochs: how often each row is seen.
        batch_size: rows of a step.
    """
    steps = epochs * -(-len(x) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=0.1),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
