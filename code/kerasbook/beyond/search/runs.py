"""Runs that can be trained a little, looked at, and trained on."""

import keras
import numpy as np


def build_tunable(*, learning_rate, hidden, dropout):
    """Build and compile a network from `(batch, 64)` to `(batch, 10)`."""
    model = keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(round(hidden), activation="relu"),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile(
        keras.optimizers.Adam(learning_rate),
        "sparse_categorical_crossentropy",
    )
    return model


def find_correct(model, images, labels):
    """Find the images classified correctly: booleans of shape `(n,)`."""
    scores = keras.ops.convert_to_numpy(model(images))
    return scores.argmax(axis=1) == labels


def start_trial(configuration, training, held_out, *, seed=0):
    """Start a trial; returns a function that trains on and evaluates.

    Args:
        configuration: arguments of `build_tunable`.
        training: images and labels.
        held_out: likewise; the function finds those classified correctly.
        seed: of the first weights and of what is drawn after them.
    """
    keras.utils.set_random_seed(seed)
    model = build_tunable(**configuration)

    def train_on(epochs):
        model.fit(*training, batch_size=64, epochs=epochs, verbose=0)
        return find_correct(model, *held_out)

    return train_on


def learning_curve(configuration, training, held_out, *, epochs, seed=0):
    """Train, and test after every epoch: correct or not, `(epochs, n)`."""
    train_on = start_trial(configuration, training, held_out, seed=seed)
    return np.array([train_on(1) for _ in range(epochs)])
