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


def match_as_coco(iou, crowd, ignored):
    """Give each detection the best annotation that is still free.

    Any annotation that counts goes before all that are ignored, whatever
    their IoU; a crowd, always ignored, is never used up. One image, one
    category; all sizes and all thresholds of IoU at once.

    Args:
        iou: shape `(detections, annotations)`, the best score first.
        crowd: which annotations surround a crowd, `(annotations,)`.
        ignored: which do not count for a size, `(annotations, 4)`.

    Returns:
        which detections hit an annotation that counts and which an ignored
        one, each `(detections, 4, 10)`.
    """
    hit, skipped = np.zeros((2, len(iou), len(SIZES), len(THRESHOLDS)), bool)
    ignored = ignored.T[:, None]  # (4, 1, annotations)
    taken = np.zeros((len(SIZES), len(THRESHOLDS), len(crowd)), bool)
    enough = iou[:, None] >= THRESHOLDS[:, None]
    for number in np.flatnonzero(enough.any(axis=(1, 2))):
        free = enough[number] & (crowd | ~taken)  # (4, 10, annotations)
        counts = free & ~ignored
        free = np.where(counts.any(axis=-1, keepdims=True), counts, free)
        overlap = np.where(free, iou[number], 0)[..., ::-1]
        last_best = len(crowd) - 1 - overlap.argmax(axis=-1)[..., None]
        chosen = free & (np.arange(len(crowd)) == last_best)
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


def category_curves(found, ignored):
    """Compute precision and recall of one category.

    Args:
        found: columns of its detections.
        ignored: which of its annotations do not count, `(m, 4)`.

    Returns:
        precision at 101 recalls, `(4, 10, 101)`, and recall at 3 limits,
        `(4, 10, 3)`; NaN in sizes where no annotation counts.
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
            precision[size, threshold] = interpolated_precision(
                hit[counts], total
            )
            recall[size, threshold] = [
                np.count_nonzero(hit & (found["rank"] < limit)) / total
                for limit in LIMITS
            ]
    return precision, recall


def mean_of_known(values):
    """Average what is not NaN; as COCO has it, -1 if there is nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else -1.0


def summarize(curves):
    """Return COCO's twelve numbers, by name, from the curves by category."""
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
    """Compute COCO's twelve numbers of how good detections are.

    Args:
        ground_truth: dict in COCO's format, as `read_coco` returns it.
        detections: list of dicts in COCO's results format: `image_id`,
            `category_id`, `bbox` (`xywh`), `score`.

    Returns:
        dict: `AP`, the mean over IoU thresholds 0.5 to 0.95, `AP50`, `AP75`;
        `APs`, `APm`, `APl` of small, medium, large objects; recall `AR1`,
        `AR10`, `AR100` with so many detections an image and category; `ARs`,
        `ARm`, `ARl`. -1 where no annotation counts.

    Raises:
        CocoError: a detection or an annotation is not in COCO's format.

    Source: Lin et al. (2014) and their program, pycocotools.
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
