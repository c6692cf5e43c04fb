"""Boxes in NumPy: formats, overlap, non-maximum suppression (§4.2.2)."""

import numpy as np

from kerasbook.overlap import box_area, hull, intersection

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


def convert_boxes(boxes, source, target):
    """Convert boxes `(..., 4)` from the format `source` to `target`.

    `"xyxy"` holds the corners left, top, right, bottom; `"xywh"`, COCO's
    format, the left top corner, width and height; `"center_xywh"` the center,
    width and height. Pixels, from the left top corner of the image.
    """
    if not {source, target} <= set(BOX_FORMATS):
        raise ValueError(
            f"Expected two formats of {BOX_FORMATS}. "
            f"Received: source={source!r}, target={target!r}"
        )
    boxes = as_boxes(boxes)
    low, high = boxes[..., :2], boxes[..., 2:]
    if source == "xywh":
        high = low + high
    elif source == "center_xywh":
        low, high = low - high / 2, low + high / 2
    if target == "xywh":
        high = high - low
    elif target == "center_xywh":
        low, high = (low + high) / 2, high - low
    return np.concatenate([low, high], axis=-1)


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
    """Compute the IoU of every box of one list with every box of another.

    Args:
        first: boxes in corners, shape `(n, 4)`.
        second: boxes in corners, shape `(m, 4)`.
        crowd: which of `second` surround a crowd, shape `(m,)`.

    Returns:
        array of shape `(n, m)`, from 0 (apart) to 1 (equal).
    """
    first, second = as_boxes(first)[:, None], as_boxes(second)[None]
    shared = intersection(first, second)  # (n, m)
    return overlap_ratio(shared, box_area(first), box_area(second), crowd)


def generalized_iou(first, second):
    """Compute the GIoU of pairs of boxes: IoU, less what the hull wastes.

    Args:
        first: boxes in corners, shape `(n, 4)`.
        second: boxes in corners, shape `(n, 4)`.

    Returns:
        array of shape `(n,)`, from -1 (far apart) to 1 (equal).

    Source: Rezatofighi et al. (2019).
    """
    first, second = as_boxes(first), as_boxes(second)
    shared = intersection(first, second)
    union = box_area(first) + box_area(second) - shared
    around = box_area(hull(first, second))
    return ratio(shared, union) - ratio(around - union, around)


def complete_iou(first, second):
    """Compute the CIoU of pairs: IoU, less distance and difference in shape.

    Arguments and result as in `generalized_iou`; the result is above -2.

    Source: Zheng et al. (2020).
    """
    first, second = as_boxes(first), as_boxes(second)
    shared = intersection(first, second)
    iou = overlap_ratio(shared, box_area(first), box_area(second))
    centers = [
        convert_boxes(boxes, "xyxy", "center_xywh") for boxes in (first, second)
    ]
    apart = np.sum((centers[0] - centers[1])[..., :2] ** 2, axis=-1)
    enclosing = hull(first, second)
    diagonal = np.sum((enclosing[..., 2:] - enclosing[..., :2]) ** 2, axis=-1)
    angles = [np.arctan2(box[..., 2], box[..., 3]) for box in centers]
    shape = 4 / np.pi**2 * (angles[0] - angles[1]) ** 2
    weight = ratio(shape, 1 - iou + shape)
    return iou - ratio(apart, diagonal) - weight * shape


def suppress_overlaps(boxes, scores, classes, iou_threshold):
    """Keep, class by class, the best of the boxes that overlap: greedy NMS.

    Args:
        boxes: boxes in corners, shape `(n, 4)`.
        scores: confidence of each, shape `(n,)`.
        classes: class of each, shape `(n,)`.
        iou_threshold: a box goes when its IoU with a better one that stayed
            is above this, from 0 to 1.

    Returns:
        indices of the boxes that stay, the best first; of equal scores the
        earlier counts as better.
    """
    if not 0 <= iou_threshold <= 1:
        raise ValueError(
            "Expected `iou_threshold` from 0 to 1. "
            f"Received: iou_threshold={iou_threshold}"
        )
    boxes, classes = as_boxes(boxes), np.asarray(classes)
    scores = np.asarray(scores, dtype=float)
    if not len(boxes) == len(scores) == len(classes):
        raise ValueError(
            "Expected as many scores and classes as boxes. Received: "
            f"{len(boxes)} boxes, {len(scores)} scores, {len(classes)} classes"
        )
    kept, order = [], np.argsort(-scores, kind="stable")
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        overlap = pairwise_iou(boxes[[best]], boxes[order])[0]
        other = classes[order] != classes[best]
        order = order[other | (overlap <= iou_threshold)]
    return np.array(kept, dtype=int)
