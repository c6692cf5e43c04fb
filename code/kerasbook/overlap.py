"""What two boxes share, which every measure of overlap starts from.

Boxes are given by their corners: left, top, right, bottom.
"""

import numpy as np


def box_area(boxes):
    """Return the area of boxes `(..., 4)` in corners, shape `(...)`."""
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def intersection(first, second, ops=np):
    """Area of the intersection of boxes.

    `ops` computes: NumPy with arrays, `keras.ops` with tensors.
    """
    low = ops.maximum(first[..., :2], second[..., :2])
    high = ops.minimum(first[..., 2:], second[..., 2:])
    size = ops.maximum(high - low, 0)  # boxes apart share nothing
    return size[..., 0] * size[..., 1]


def enclosing_box(first, second, ops=np):
    """The smallest box that encloses both."""
    low = ops.minimum(first[..., :2], second[..., :2])
    high = ops.maximum(first[..., 2:], second[..., 2:])
    return ops.concatenate([low, high], axis=-1)
