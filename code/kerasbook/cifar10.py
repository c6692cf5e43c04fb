"""CIFAR-10, which two chapters read: its classes and its loader."""

import os
from pathlib import Path

import keras
import numpy as np

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
    for folder in (os.environ.get("KERASBOOK_DATA"), "data"):
        if folder and (path := Path(folder, "cifar10.npz")).is_file():
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
        raise FileNotFoundError(
            "CIFAR-10 was not found and could not be downloaded. Unpack the "
            "book's sample-data.zip and set KERASBOOK_DATA to its folder. "
            f"Received: KERASBOOK_DATA={os.environ.get('KERASBOOK_DATA')!r}"
        ) from error
    return (x_train, y_train.reshape(-1)), (x_test, y_test.reshape(-1))
