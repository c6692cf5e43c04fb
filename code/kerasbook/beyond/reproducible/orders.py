"""In which order `fit` shows its samples."""

import keras
import numpy as np


def epoch_orders(epochs, **data):
    """Fit numbered samples, and return their order in each epoch.

    `data` goes to `fit`, in one batch an epoch; labels are the numbers.
    """
    orders = []

    def note_order(y_true, y_pred):
        orders.append([int(number) for number in y_true[:, 0]])
        return keras.ops.mean(keras.ops.square(y_true - y_pred))

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", note_order, run_eagerly=True)
    model.fit(**data, epochs=epochs, verbose=0)
    return orders


def plot_orders(axes, orders):
    """Draw the order of samples in each epoch, a panel for each source.

    Args:
        axes: as many as `orders`.
        orders: lists of sample numbers, one an epoch, by name.
    """
    for axis, (name, rows) in zip(axes, orders.items(), strict=True):
        axis.imshow(rows, cmap="Blues", vmin=-2, vmax=1.5 * np.max(rows))
        for (row, column), number in np.ndenumerate(rows):
            axis.text(column, row, number, ha="center", va="center")
        axis.set_title(name)
        axis.set_xticks([])
        axis.set_yticks(range(len(rows)), range(1, len(rows) + 1))
        axis.set_ylabel("epoch")
