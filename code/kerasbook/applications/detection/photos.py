"""Photographs of any size, made into a batch (§4.2.2)."""

from pathlib import Path

import keras
import numpy as np


def letterbox(image, size):
    """Shrink or enlarge an image to fit a square, and fill up with gray.

    The image stands in the left top corner, so that a box needs nothing but
    the factor.

    Args:
        image: array of shape `(height, width, 3)`, values 0 to 255.
        size: width and height of the square, in pixels.

    Returns:
        uint8 array of shape `(size, size, 3)`, and the factor.
    """
    scale = size / max(image.shape[:2])
    shape = [max(1, round(side * scale)) for side in image.shape[:2]]
    small = keras.ops.image.resize(
        np.asarray(image, "float32"), shape, antialias=True
    )
    square = np.full((size, size, 3), 128, np.uint8)
    small = np.clip(np.round(keras.ops.convert_to_numpy(small)), 0, 255)
    square[: shape[0], : shape[1]] = small
    return square, scale


def read_photos(folder, records, size):
    """Read image files and letterbox them.

    Args:
        folder: where they are.
        records: the list `images` of a COCO ground truth.
        size: width and height of the squares, in pixels.

    Returns:
        uint8 array of shape `(n, size, size, 3)`, and the factors, shape
        `(n,)`.
    """
    squares = [
        letterbox(
            keras.utils.img_to_array(
                keras.utils.load_img(Path(folder, record["file_name"]))
            ),
            size,
        )
        for record in records
    ]
    images, scales = zip(*squares, strict=True)
    return np.stack(images), np.array(scales)
