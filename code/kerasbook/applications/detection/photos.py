"""Photographs of any size: read, made into a batch, searched (§4.2.2)."""

from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageOps

from kerasbook.applications.detection.training import decode_detections


def letterbox(image, size):
    """Fit an image `(height, width, 3)` into the left top of a gray square.

    Returns the square, uint8 `(size, size, 3)`, and the factor, which is all
    that boxes need.
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


def open_photo(path):
    """Read a picture file, turned upright: uint8 `(height, width, 3)`.

    Raises:
        ValueError: there is no such file, or none that can be read as a
            picture of 8 bits a color.
    """
    try:
        with Image.open(path) as picture:
            if picture.mode[0] in "IF":  # deeper; it would be clipped
                raise ValueError(picture.mode)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(
            "Expected a picture file, such as JPEG or PNG, 8 bits a color. "
            f"Received: {Path(path).name!r} ({type(error).__name__})"
        ) from error
    return np.array(upright)


def detect_in_photo(model, photo, **settings):
    """Detect in a photograph of any size; the boxes are in its own pixels."""
    square, scale = letterbox(photo, model.input_shape[1])
    output = model.predict(square[np.newaxis], verbose=0)[0]
    size = np.array(photo.shape[1::-1]) * scale
    boxes, scores, classes = decode_detections(output, size=size, **settings)
    return boxes / scale, scores, classes
