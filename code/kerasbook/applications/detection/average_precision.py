"""Average precision as COCO defines it, in NumPy (§4.4.2)."""

import numpy as np

from kerasbook.applications.detection.boxes import (
    convert_boxes,
    intersection,
    overlap_ratio,
)
from kerasbook.applications.detection.coco import (
    check_annotations,
    check_detections,
)

THRESHOLDS = np.linspace(0.5, 0.95, 10)  # of IoU
RECALLS = np.linspace(0, 1, 101)
SIZES = np.array([(0, 1e10), (0, 32**2), (32**2, 96**2), (96**2, 1e10)])
LIMITS = (1, 10, 100)  # detections that count, per image and category


def groups_and_boxes(records, images, categories):
    """Number the pairs of category and image, category by category.

    Returns:
        the number of each record's pair, shape `(n,)`, and the boxes in
        `xywh`, shape `(n, 4)`.
    """
    image = np.searchsorted(images, [r["image_id"] for r in records])
    category = np.searchsorted(categories, [r["category_id"] for r in records])
    boxes = np.array([r["bbox"] for r in records], float).reshape(-1, 4)
    return category * len(images) + image, boxes


def rank_in_group(groups):
    """Count `0, 1, 2 ...` within each group of a sorted array."""
    return np.arange(len(groups)) - np.searchsorted(groups, groups)


def outside_sizes(areas):
    """Return which areas lie outside each range, shape `(4, n)`."""
    return (areas < SIZES[:, :1]) | (areas > SIZES[:, 1:])


def candidate_pairs(detected, annotated, crowd):
    """Pair detections with the annotations of their group they overlap by half.

    Args:
        detected: `(groups, boxes)` of the detections, sorted by group.
        annotated: `(groups, boxes)` of the annotations, likewise.
        crowd: which annotations surround a crowd.

    Returns:
        `(detection, annotation, iou)`, one entry a pair: detection by
        detection, the largest IoU first, of equal ones the later annotation.
    """
    (groups, boxes), (true_groups, true_boxes) = detected, annotated
    start = np.searchsorted(true_groups, groups)
    count = np.searchsorted(true_groups, groups, side="right") - start
    detection = np.repeat(np.arange(len(groups)), count)
    first = np.repeat(np.cumsum(count) - count, count)
    annotation = start[detection] + np.arange(len(detection)) - first
    boxes, true_boxes = boxes[detection], true_boxes[annotation]
    corners = (convert_boxes(b, "xywh", "xyxy") for b in (boxes, true_boxes))
    areas = (b[:, 2] * b[:, 3] for b in (boxes, true_boxes))
    iou = overlap_ratio(intersection(*corners), *areas, crowd[annotation])
    order = np.lexsort((-annotation, -iou, detection))
    order = order[iou[order] >= THRESHOLDS[0]]
    return detection[order], annotation[order], iou[order]


def match(pairs, groups, crowd, ignored):
    """Give detections, the best score first, the best annotation still free.

    Whatever the order of IoU, an annotation that is ignored comes after all
    that count. A crowd stays free. Round by round, all groups go forward by
    one detection, for every range of sizes and every threshold at once.

    Args:
        pairs: `(detection, annotation, iou)` as `candidate_pairs` returns.
        groups: of the detections, shape `(n,)`.
        crowd: which annotations surround a crowd, shape `(m,)`.
        ignored: which annotations do not count in a range, shape `(4, m)`.

    Returns:
        which detections found an annotation that counts, and which one that
        is ignored, each of shape `(4, 10, n)`.
    """
    detection, annotation, iou = pairs
    found = np.zeros((2, len(SIZES), len(THRESHOLDS), len(groups)), bool)
    taken = np.zeros((len(SIZES), len(THRESHOLDS), len(crowd)), bool)
    last = len(detection)
    members, member = np.unique(detection, return_inverse=True)
    rounds = rank_in_group(groups[members])[member]
    for number in range(rounds.max(initial=-1) + 1):
        rows = np.flatnonzero(rounds == number)
        chosen = annotation[rows]
        free = (iou[rows] >= THRESHOLDS[:, None]) & (
            crowd[chosen] | ~taken[..., chosen]
        )
        place = np.where(ignored[:, None, chosen], rows + last, rows)
        place = np.where(free, place, 2 * last)  # smaller is better
        starts = np.flatnonzero(np.diff(detection[rows], prepend=-1))
        best = np.minimum.reduceat(place, starts, axis=-1)  # (4, 10, starts)
        present = detection[rows[starts]]
        found[0][..., present] = best < last
        found[1][..., present] = (best >= last) & (best < 2 * last)
        size, threshold, _ = np.nonzero(best < 2 * last)
        winner = best[best < 2 * last] % last
        taken[size, threshold, annotation[winner]] = True
    return found


def interpolated_precision(hits, num_annotations):
    """Read the curve of precision over recall at 101 recalls.

    Args:
        hits: whether each detection is right, the best score first.
        num_annotations: how many there are to find.

    Returns:
        array of shape `(101,)`: the best precision at this recall or a
        higher one, 0 where the detections never get so far.
    """
    found = np.cumsum(hits)
    precision = found / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    reached = np.searchsorted(found / num_annotations, RECALLS)
    return np.append(envelope, 0)[reached]


def mean_of_known(values):
    """Average what is no NaN; as COCO has it, -1 if there is nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else -1.0


def summary(precision, recall):
    """Return COCO's twelve numbers, by name.

    Args:
        precision: at 101 recalls, NaN for a category without annotations,
            shape `(categories, 4 sizes, 10 thresholds, 101)`.
        recall: likewise, shape `(categories, 4 sizes, 10 thresholds, 3
            limits)`.
    """
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
        dict: `AP` over IoU thresholds 0.5 to 0.95, `AP50`, `AP75`; `APs`,
        `APm`, `APl` for small, medium and large objects; `AR1`, `AR10`,
        `AR100`, recall with so many detections an image and category;
        `ARs`, `ARm`, `ARl`. -1 where no annotation counts.

    Raises:
        CocoError: a detection or an annotation is not in the format.

    Source: Lin et al. (2014), and its program pycocotools.
    """
    check_annotations(ground_truth)
    check_detections(detections, ground_truth)
    images = np.unique([image["id"] for image in ground_truth["images"]])
    categories = np.unique([c["id"] for c in ground_truth["categories"]])
    groups, boxes = groups_and_boxes(detections, images, categories)
    scores = np.array([d["score"] for d in detections], float)
    order = np.lexsort((-scores, groups))
    order = order[rank_in_group(groups[order]) < LIMITS[-1]]
    groups, boxes, scores = groups[order], boxes[order], scores[order]
    annotations = ground_truth["annotations"]
    true_groups, true_boxes = groups_and_boxes(annotations, images, categories)
    order = np.argsort(true_groups, kind="stable")
    true_groups, true_boxes = true_groups[order], true_boxes[order]
    crowd = np.array([a["iscrowd"] for a in annotations], bool)[order]
    areas = np.array([a["area"] for a in annotations], float)[order]
    ignored = crowd | outside_sizes(areas)
    pairs = candidate_pairs((groups, boxes), (true_groups, true_boxes), crowd)
    hits, skipped = match(pairs, groups, crowd, ignored)
    skipped |= ~hits & outside_sizes(boxes[:, 2] * boxes[:, 3])[:, None]
    category, true_category = groups // len(images), true_groups // len(images)
    ranks = rank_in_group(groups)
    order = np.lexsort((-scores, category))
    hits, skipped, ranks = hits[..., order], skipped[..., order], ranks[order]
    precision = np.full((len(categories), 4, 10, 101), np.nan)
    recall = np.full((len(categories), 4, 10, 3), np.nan)
    bounds = np.searchsorted(category, np.arange(len(categories) + 1))
    for k in range(len(categories)):
        members = slice(bounds[k], bounds[k + 1])
        for size in range(4):
            total = np.count_nonzero(~ignored[size, true_category == k])
            if total == 0:
                continue
            for t in range(10):
                hit = hits[size, t, members]
                precision[k, size, t] = interpolated_precision(
                    hit[~skipped[size, t, members]], total
                )
                recall[k, size, t] = [
                    hit[ranks[members] < limit].sum() / total
                    for limit in LIMITS
                ]
    return summary(precision, recall)
