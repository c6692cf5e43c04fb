"""In which order `fit` shows the samples of arrays."""

import keras
import numpy as np


def epoch_orders(epochs, samples=8):
    """Return the order in which `fit` shows numbered samples, by epoch."""
    orders = []

    def note_order(y_true, y_pred):
        orders.append([int(number) for number in y_true[:, 0]])
        return keras.ops.mean(keras.ops.square(y_true - y_pred))

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", note_order, run_eagerly=True)
    numbers = np.arange(samples, dtype="float32")[:, np.newaxis]
    model.fit(numbers, numbers, batch_size=samples, epochs=epochs, verbose=0)
    return orders
