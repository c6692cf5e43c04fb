"""Hits, duplicates, wrong detections, misses: what a picture shows (§4.4.2)."""

import numpy as np

from kerasbook.applications.detection.average_precision import (
    interpolated_precision,
)
from kerasbook.applications.detection.coco import draw_box, show_image
from kerasbook.boxes import pairwise_iou

# Told apart without color by the line; hits are drawn last, on top.
OUTCOMES = {
    "wrong": ("#D55E00", ":"),
    "duplicate": ("#CC79A7", "--"),
    "missed": ("#000000", "-."),
    "hit": ("#009E73", "-"),
}


def match_detections_coco(found, true, *, iou_threshold=0.5):
    """Match detections to ground truth: hits, duplicates, false ones.

    Returns "hit", "duplicate" or "wrong" for each, and which of the objects,
    `(boxes, classes)`, were missed.
    """
    (boxes, _, classes), (true_boxes, true_classes) = found, true
    overlap = pairwise_iou(boxes, true_boxes)  # (detections, objects)
    outcomes, missed = [], np.ones(len(true_classes), bool)
    for row, kind in zip(overlap, classes, strict=True):
        good = (row >= iou_threshold) & (true_classes == kind)
        free = np.flatnonzero(good & missed)
        if len(free):
            missed[free[row[free].argmax()]] = False  # ①
        outcomes.append(
            "hit" if len(free) else "duplicate" if good.any() else "wrong"
        )
    return outcomes, missed


def rank_detections(detected, objects, iou_threshold=0.5):
    """Judge image by image, then put all in one list, the best score first.

    Returns scores, classes and which are hits, each of shape `(n,)`.
    """
    hits = []
    for found, true in zip(detected, objects, strict=True):
        outcomes, _ = match_detections_coco(
            found, true, iou_threshold=iou_threshold
        )
        hits += [outcome == "hit" for outcome in outcomes]
    _, scores, classes = map(np.concatenate, zip(*detected, strict=True))
    order = np.argsort(-scores, kind="stable")  # ①
    return scores[order], classes[order], np.array(hits, bool)[order]


def category_precisions(detected, objects, num_classes, iou_threshold=0.5):
    """Interpolated precision of each category at 101 recall levels."""
    _, classes, hits = rank_detections(detected, objects, iou_threshold)
    true = np.concatenate([kinds for _, kinds in objects])
    totals = np.bincount(true, minlength=num_classes)
    return np.stack([
        interpolated_precision(hits[classes == kind], totals[kind])  # ①
        for kind in range(num_classes)
    ])  # fmt: skip


def best_score(scores, hits, num_objects):
    """Return the score from which on F1 is highest; the best come first."""
    right = np.cumsum(hits)
    boxes = np.arange(1, len(hits) + 1)
    return scores[np.argmax(2 * right / (boxes + num_objects))]


def most_precise_score(scores, hits, num_objects):
    """Return the score from which on precision is highest: too few boxes."""
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return scores[np.argmax(precision)]


def draw_judged(axis, image, found, true, names):
    """Draw an image, what was found in it, and what was missed.

    Hits and missed objects are named.

    Args:
        axis: Matplotlib axes.
        image: array of shape `(height, width, 3)`.
        found: as in `match_detections_coco`.
        true: as in `match_detections_coco`.
        names: of the categories.

    Returns:
        how often each of `OUTCOMES` occurred, a dict.
    """
    outcomes, missed = match_detections_coco(found, true)
    (boxes, scores, classes), (true_boxes, true_classes) = found, true
    texts = [  # wrong ones are often many in one place
        f"{names[kind]} {score:.2f}" if outcome == "hit" else ""
        for outcome, score, kind in zip(outcomes, scores, classes, strict=True)
    ]
    boxes = [*boxes, *true_boxes[missed]]
    texts += [names[kind] for kind in true_classes[missed]]
    outcomes += ["missed"] * int(missed.sum())
    show_image(axis, image)
    counts = {}
    for outcome, (color, line) in OUTCOMES.items():
        rows = [n for n, each in enumerate(outcomes) if each == outcome]
        counts[outcome] = len(rows)
        for n in rows:
            draw_box(axis, boxes[n], texts[n], color, line)
    return counts
