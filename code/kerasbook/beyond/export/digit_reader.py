"""A network that reads digits from bytes, its preprocessing inside."""

import keras
from sklearn.datasets import load_digits


def load_digit_bytes(*, num_train=1157):
    """Load scikit-learn's digits as bytes, cut between two writers.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 images of shape
        `(n, 8, 8, 1)`, 0 for paper to 16 for ink, and integer labels.
    """
    digits = load_digits()
    images, labels = digits.images.astype("uint8")[..., None], digits.target
    return (images[:num_train], labels[:num_train]), (
        images[num_train:],
        labels[num_train:],
    )


def build_digit_reader():
    """Build a network from bytes `(batch, 8, 8, 1)` to probabilities."""
    image = keras.Input((8, 8, 1), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 16, name="scale")(image)  # ①
    for filters, strides in ((16, 1), (32, 2)):
        x = keras.layers.Conv2D(
            filters, 3, strides, padding="same", use_bias=False
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(10, activation="softmax", name="probability")(x)
    return keras.Model(image, x)
