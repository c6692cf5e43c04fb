"""Networks that read digits, shifted copies, and curves of their loss.

For the pages on compiling, generalization, training, testing, reproducibility.
"""

import keras
import numpy as np


def build_model(units=10, activation="softmax"):
    """Build a small network for images of 64 pixels in a row."""
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(units, activation=activation),
        ]
    )


def build_classifier(*, hidden=64, dropout=0.0, decay=0.0):
    """Build and compile a network from `(batch, 64)` to `(batch, 10)`."""
    layers = [keras.Input((64,))]
    layers.append(keras.layers.Dense(hidden, activation="relu"))
    if dropout:
        layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(10, activation="softmax"))
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.AdamW(0.01, weight_decay=decay),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def shifted(images):
    """Return `(5n, 64)`: `(n, 64)` images, and each moved a pixel each way."""
    framed = np.pad(images.reshape(-1, 8, 8), [(0, 0), (1, 1), (1, 1)])
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    moved = [framed[:, y : y + 8, x : x + 8] for y, x in corners]
    return np.concatenate(moved).reshape(-1, 64)


def plot_both_losses(axes, histories):
    """Draw training and validation loss by epoch, one axes per history.

    Args:
        axes: Matplotlib axes, as many as histories.
        histories: dict from title to the `history` of a run.
    """
    for axis, (title, history) in zip(axes, histories.items(), strict=True):
        epochs = np.arange(1, len(history["loss"]) + 1)
        axis.plot(epochs, history["loss"], "-", label="training")
        axis.plot(epochs, history["val_loss"], "--", label="validation")
        best = int(np.argmin(history["val_loss"]))
        axis.plot(
            epochs[best], history["val_loss"][best], "ko", label="best epoch"
        )
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("epoch")
    axes[0].set_ylabel("loss")
    axes[0].legend()
