"""A convolutional and a dense network on scikit-learn's digits (§2.2.1)."""

import keras
import numpy as np
from sklearn.datasets import load_digits


def load_framed_digits(*, num_train=1157, margin=2):
    """Load scikit-learn's handwritten digits with an empty margin.

    The file goes from writer to writer; the split by position, between two
    writers, tests on handwriting that training has not seen.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float32 images between 0 and
        1, of shape `(n, 8 + 2 * margin, 8 + 2 * margin, 1)`, and integer
        labels of shape `(n,)`.
    """
    digits = load_digits()
    frame = [(0, 0), (margin, margin), (margin, margin)]
    images = np.pad(digits.images / 16, frame).astype("float32")[..., None]
    labels = digits.target
    return (images[:num_train], labels[:num_train]), (
        images[num_train:],
        labels[num_train:],
    )


def build_digit_cnn(shape=(12, 12, 1)):
    """Build a small convolutional network of 5,130 parameters."""
    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def build_small_mlp():
    """An MLP of about the same size as the CNN."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(33, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def fit_classifier(model, images, labels, *, epochs=20):
    """Train with Adam for a number of epochs fixed beforehand."""
    model.compile(
        keras.optimizers.Adam(3e-3),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(images, labels, batch_size=32, epochs=epochs, verbose=0)


def accuracy_by_shift(model, images, labels, *, reach):
    """Accuracy by shift: rows from up to down, columns from left to right."""
    steps = range(-reach, reach + 1)
    accuracy = np.empty((len(steps), len(steps)))
    for row, down in enumerate(steps):
        for column, right in enumerate(steps):
            moved = np.roll(images, (down, right), axis=(1, 2))
            predicted = model.predict_on_batch(moved).argmax(axis=1)
            accuracy[row, column] = np.mean(predicted == labels)
    return accuracy


def plot_accuracy_by_shift(axis, accuracy):
    """Draw accuracies by shift, `(2 * reach + 1,) * 2`, in percent."""
    reach = len(accuracy) // 2
    ends = (-reach - 0.5, reach + 0.5)
    axis.imshow(accuracy, vmin=0, vmax=1, extent=(*ends, *ends[::-1]))
    for row, column in np.ndindex(accuracy.shape):
        value = accuracy[row, column]
        axis.text(
            column - reach, row - reach, f"{100 * value:.0f}", ha="center",
            va="center", color="white" if value < 0.5 else "black",
        )  # fmt: skip
    axis.set_xlabel("shift to the right (pixels)")
    axis.set_ylabel("shift down (pixels)")
