"""Average precision as COCO defines it, in NumPy (§4.4.2)."""

import numpy as np

from kerasbook.applications.detection.coco import (
    check_annotations,
    check_detections,
)
from kerasbook.boxes import (
    convert_boxes,
    overlap_ratio,
)
from kerasbook.overlap import intersection

THRESHOLDS = np.linspace(0.5, 0.95, 10)  # of IoU
RECALLS = np.linspace(0, 1, 101)
LIMITS = (1, 10, 100)  # detections that count, per image and category
# Areas in square pixels: all objects, small, medium, large.
SIZES = np.array([(0, 1e10), (0, 32**2), (32**2, 96**2), (96**2, 1e10)])


def choose_annotation(iou, free, ignored):
    """Choose the free annotation with the largest IoU for one detection.

    `free`, and what is returned: `(4, 10, annotations)`.
    """
    counts = free & ~ignored
    free = np.where(counts.any(axis=-1, keepdims=True), counts, free)
    overlap = np.where(free, iou, 0)[..., ::-1]
    last_best = len(iou) - 1 - overlap.argmax(axis=-1)[..., None]
    return free & (np.arange(len(iou)) == last_best)


def match_as_coco(iou, crowd, ignored):
    """Match the detections of one image and category, the best score first.

    `iou`: `(detections, annotations)`; `crowd`: `(annotations,)`; `ignored`:
    `(annotations, 4)`. Returns which detections hit an annotation that
    counts, and which an ignored one, each `(detections, 4, 10)`.
    """
    hit, skipped = np.zeros((2, len(iou), len(SIZES), len(THRESHOLDS)), bool)
    ignored = ignored.T[:, None]  # (4, 1, annotations)
    taken = np.zeros((len(SIZES), len(THRESHOLDS), len(crowd)), bool)
    enough = iou[:, None] >= THRESHOLDS[:, None]
    for number in np.flatnonzero(enough.any(axis=(1, 2))):
        free = enough[number] & (crowd | ~taken)  # (4, 10, annotations)
        chosen = choose_annotation(iou[number], free, ignored)
        taken |= chosen
        hit[number] = (chosen & ~ignored).any(axis=-1)
        skipped[number] = (chosen & ignored).any(axis=-1)
    return hit, skipped


def interpolated_precision(hit, num_objects):
    """Highest precision at each of 101 recalls or beyond, `(101,)`.

    `hit` says of each detection, the best score first, if it is right.
    """
    found = np.cumsum(hit)
    precision = found / np.arange(1, len(hit) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]  # ①
    reached = np.searchsorted(found / num_objects, RECALLS)  # ②
    return np.append(envelope, 0)[reached]


def outside_sizes(areas):
    """Return whether areas `(n,)` lie outside each size, `(n, 4)`."""
    return (areas[:, None] < SIZES[:, 0]) | (areas[:, None] > SIZES[:, 1])


def as_columns(records, ground_truth):
    """Return annotations or detections as a dict of arrays, one row each.

    `category` counts categories by id, `group` the pairs of category and
    image; `area` is that of the box.
    """
    ids = [
        sorted(record["id"] for record in ground_truth[kind])
        for kind in ("categories", "images")
    ]
    number = [{key: n for n, key in enumerate(keys)} for keys in ids]
    category = [number[0][record["category_id"]] for record in records]
    image = [number[1][record["image_id"]] for record in records]
    boxes = np.array([record["bbox"] for record in records], float)
    boxes = boxes.reshape(-1, 4)  # without records, too
    category, image = np.array(category, int), np.array(image, int)
    return {
        "category": category,
        "group": category * len(ids[1]) + image,
        "corners": convert_boxes(boxes, "xywh", "xyxy"),
        "area": boxes[:, 2] * boxes[:, 3],
    }


def select(columns, rows):
    """Return some rows, or all in another order, of every column."""
    return {name: values[rows] for name, values in columns.items()}


def annotation_columns(ground_truth):
    """Return the annotations as columns, sorted by group.

    `ignored` says for which sizes an annotation does not count: shape
    `(m, 4)`, by the `area` that COCO gives, that of the outline.
    """
    annotations = ground_truth["annotations"]
    true = as_columns(annotations, ground_truth)
    outlined = np.array([a["area"] for a in annotations], float)
    true["crowd"] = np.array([a["iscrowd"] for a in annotations], bool)
    true["ignored"] = true["crowd"][:, None] | outside_sizes(outlined)
    return select(true, np.argsort(true["group"], kind="stable"))


def detection_columns(detections, ground_truth):
    """Return the detections that count as columns, sorted by group and score.

    `rank` counts from 0 within each group; equal scores keep their order.
    """
    found = as_columns(detections, ground_truth)
    found["score"] = np.array([d["score"] for d in detections], float)
    found = select(found, np.lexsort((-found["score"], found["group"])))
    group = found["group"]
    found["rank"] = np.arange(len(group)) - np.searchsorted(group, group)
    return select(found, found["rank"] < max(LIMITS))


def group_rows(columns, groups):
    """Return where each group stands in columns sorted by group, slices."""
    starts = np.searchsorted(columns["group"], groups)
    ends = np.searchsorted(columns["group"], groups, side="right")
    return map(slice, starts, ends)


def match_groups(found, true):
    """Match image by image and category by category; both sorted by group.

    Returns:
        `hit` and `skipped`, each of shape `(detections, 4, 10)`. A detection
        that hits nothing is skipped in the sizes that it does not have.
    """
    hit, skipped = np.zeros(
        (2, len(found["group"]), len(SIZES), len(THRESHOLDS)), bool
    )
    both = np.intersect1d(found["group"], true["group"])
    pairs = zip(group_rows(found, both), group_rows(true, both), strict=True)
    for found_rows, true_rows in pairs:
        crowd = true["crowd"][true_rows]
        iou = overlap_ratio(
            intersection(
                found["corners"][found_rows, None], true["corners"][true_rows]
            ),
            found["area"][found_rows, None],
            true["area"][true_rows],
            crowd,
        )
        hit[found_rows], skipped[found_rows] = match_as_coco(
            iou, crowd, true["ignored"][true_rows]
        )
    outside = outside_sizes(found["area"])[..., None]
    return hit, skipped | (~hit & outside)


def precision_and_recall(hit, counts, rank, total):
    """Precision at 101 recalls, `(101,)`, and recall at 3 limits, `(3,)`.

    `hit`, `counts`, `rank` of each detection; `total`: number of objects.
    """
    precision = interpolated_precision(hit[counts], total)
    found = [np.count_nonzero(hit & (rank < limit)) for limit in LIMITS]
    return precision, np.array(found) / total


def category_curves(found, ignored):
    """Precision `(4, 10, 101)` and recall `(4, 10, 3)` of one category.

    NaN in sizes where none of its annotations counts; `ignored`: `(m, 4)`.
    """
    found = select(found, np.argsort(-found["score"], kind="stable"))
    shape = (len(SIZES), len(THRESHOLDS))
    precision = np.full((*shape, len(RECALLS)), np.nan)
    recall = np.full((*shape, len(LIMITS)), np.nan)
    for size, threshold in np.ndindex(shape):
        total = np.count_nonzero(~ignored[:, size])
        if total:
            hit = found["hit"][:, size, threshold]
            counts = ~found["skipped"][:, size, threshold]
            curves = precision_and_recall(hit, counts, found["rank"], total)
            precision[size, threshold], recall[size, threshold] = curves
    return precision, recall


def mean_of_known(values):
    """Mean of what is not NaN; as COCO has it, -1 if there is nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else -1.0


def summarize(curves):
    """Compute the twelve metrics from precision and recall by category."""
    shape = (-1, len(SIZES), len(THRESHOLDS))
    precision = np.reshape([p for p, _ in curves], (*shape, len(RECALLS)))
    recall = np.reshape([r for _, r in curves], (*shape, len(LIMITS)))
    parts = {
        "AP": precision[:, 0],
        "AP50": precision[:, 0, 0],
        "AP75": precision[:, 0, 5],
        "APs": precision[:, 1],
        "APm": precision[:, 2],
        "APl": precision[:, 3],
        "AR1": recall[:, 0, :, 0],
        "AR10": recall[:, 0, :, 1],
        "AR100": recall[:, 0, :, 2],
        "ARs": recall[:, 1, :, 2],
        "ARm": recall[:, 2, :, 2],
        "ARl": recall[:, 3, :, 2],
    }
    return {name: mean_of_known(values) for name, values in parts.items()}


def evaluate_detections(ground_truth, detections):
    """Compute COCO's twelve metrics (`lin2014`), a dict.

    `ground_truth`: COCO's format; `detections`: COCO's results format.
    """
    check_annotations(ground_truth)
    check_detections(detections, ground_truth)
    true = annotation_columns(ground_truth)
    found = detection_columns(detections, ground_truth)
    found["hit"], found["skipped"] = match_groups(found, true)
    curves = [
        category_curves(
            select(found, found["category"] == number),
            true["ignored"][true["category"] == number],
        )
        for number in range(len(ground_truth["categories"]))
    ]
    return summarize(curves)
