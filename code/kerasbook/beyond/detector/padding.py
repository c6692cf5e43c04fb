"""The boxes of a batch, as KerasHub's detectors take them."""

import numpy as np


def pad_targets(boxes, labels, box_format):
    """Put the boxes of several images into one batch, filled up with -1.

    Args:
        boxes: for each image, a list of left, top, right, bottom in pixels.
        labels: for each image, a list of categories, counted from 0.
        box_format: of the detector, `"xyxy"` or `"yxyx"`.
    """
    shape = (len(labels), max(map(len, labels)))
    filled = np.full((*shape, 4), -1, "float32")
    categories = np.full(shape, -1, "float32")
    for row, (some, its) in enumerate(zip(boxes, labels, strict=True)):
        filled[row, : len(its)] = np.reshape(some, (len(its), 4))
        categories[row, : len(its)] = its
    order = [1, 0, 3, 2] if box_format == "yxyx" else [0, 1, 2, 3]
    return {"boxes": filled[..., order], "labels": categories}
