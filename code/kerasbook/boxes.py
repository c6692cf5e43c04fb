"""Boxes in NumPy, which chapters share: formats, overlap, suppression."""

import numpy as np

from kerasbook.overlap import box_area, intersection

BOX_FORMATS = ("xyxy", "xywh", "center_xywh")  # as Keras names them


def as_boxes(boxes):
    """Return boxes as floats of shape `(..., 4)`; an empty list has none."""
    boxes = np.asarray(boxes, dtype=float)
    boxes = boxes.reshape(0, 4) if boxes.shape == (0,) else boxes
    if boxes.shape[-1:] != (4,):
        raise ValueError(
            "Expected boxes of four numbers, shape (..., 4). "
            f"Received: boxes.shape={boxes.shape}"
        )
    return boxes


def check_formats(source, target):
    """Refuse a format that is none of `BOX_FORMATS`."""
    if not {source, target} <= set(BOX_FORMATS):
        raise ValueError(
            f"Expected two formats of {BOX_FORMATS}. "
            f"Received: source={source!r}, target={target!r}"
        )


def to_corners(boxes, source):
    """Return the left top and the right bottom corners, each `(..., 2)`."""
    first, second = boxes[..., :2], boxes[..., 2:]
    if source == "xywh":
        return first, first + second
    if source == "center_xywh":
        return first - second / 2, first + second / 2
    return first, second


def from_corners(low, high, target):
    """Return boxes `(..., 4)` in the format `target` from their corners."""
    if target == "xywh":
        high = high - low
    elif target == "center_xywh":
        low, high = (low + high) / 2, high - low
    return np.concatenate([low, high], axis=-1)


def convert_boxes(boxes, source, target):
    """Convert boxes `(..., 4)` from the format `source` to `target`."""
    check_formats(source, target)
    low, high = to_corners(as_boxes(boxes), source)
    return from_corners(low, high, target)


def ratio(part, whole):
    """Return `part / whole`, and 0 where the whole is 0."""
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    return np.divide(part, whole, out=np.zeros(shape), where=whole != 0)


def overlap_ratio(shared, first_area, second_area, crowd=False):
    """Return intersection over union, from areas.

    Where `crowd` is true the second box surrounds a crowd, and COCO divides
    by the area of the first alone: a person in a crowd lies wholly in it.
    """
    union = np.where(crowd, first_area, first_area + second_area - shared)
    return ratio(shared, union)


def pairwise_iou(first, second, crowd=False):
    """Compute the IoU of each of `n` boxes with each of `m`, `(n, m)`.

    Boxes are corners, `(n, 4)` and `(m, 4)`; `crowd`, `(m,)`, says which of
    `second` surround a crowd.
    """
    first, second = as_boxes(first)[:, None], as_boxes(second)[None]
    shared = intersection(first, second)  # (n, m)
    return overlap_ratio(shared, box_area(first), box_area(second), crowd)


def non_max_suppression(boxes, scores, classes, iou_threshold):
    """Non-maximum suppression class by class: kept indices, best first."""
    boxes, classes = as_boxes(boxes), np.asarray(classes)
    scores = np.asarray(scores, dtype=float)
    kept, order = [], np.argsort(-scores, kind="stable")
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        overlap = pairwise_iou(boxes[[best]], boxes[order])[0]
        other = classes[order] != classes[best]  # ①
        order = order[other | (overlap <= iou_threshold)]  # ②
    return np.array(kept, dtype=int)
