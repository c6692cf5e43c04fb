"""Losses of detectors, which chapters share: of boxes, and of their scores."""

import keras

from kerasbook.overlap import box_area, enclosing_box, intersection


def iou_and_giou(first, second):
    """IoU and GIoU of pairs of boxes."""
    shared = intersection(first, second, keras.ops)
    union = box_area(first) + box_area(second) - shared
    around = box_area(enclosing_box(first, second, keras.ops))
    iou = shared / (union + 1e-6)  # ①
    return iou, iou - (around - union) / (around + 1e-6)


def quality_focal_loss(quality, logits):
    """Quality focal loss: squared error times cross-entropy, per score."""
    error = keras.ops.square(quality - keras.ops.sigmoid(logits))
    return error * keras.ops.binary_crossentropy(
        quality, logits, from_logits=True
    )
