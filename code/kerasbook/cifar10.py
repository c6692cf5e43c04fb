"""CIFAR-10, which two chapters read: its classes and its loader."""

import keras
import numpy as np

from kerasbook.data_folder import data_missing, find_data

CLASS_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer",
    "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


def load_cifar10():
    """Load CIFAR-10 from `$KERASBOOK_DATA`, `./data` or Keras's own download.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 images of shape
        `(n, 32, 32, 3)` and integer labels of shape `(n,)`.

    Raises:
        FileNotFoundError: no `cifar10.npz` there, and the download failed.
    """
    for path in find_data("cifar10.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            return (
                (arrays["x_train"], arrays["y_train"]),
                (arrays["x_test"], arrays["y_test"]),
            )
    try:
        (x_train, y_train), (x_test, y_test) = (
            keras.datasets.cifar10.load_data()
        )
    except Exception as error:
        raise data_missing(
            "CIFAR-10 was not found and could not be downloaded."
        ) from error
    return (x_train, y_train.reshape(-1)), (x_test, y_test.reshape(-1))
