"""Teaching the detector further: which cells answer for an object; the loss."""

import numpy as np
from keras import ops

from kerasbook.beyond.detector.decoding import grid_centers_and_strides
from kerasbook.beyond.detector.nanodet import NUM_BINS, NUM_CLASSES, STRIDES
from kerasbook.boxes import pairwise_iou
from kerasbook.detection_losses import iou_and_giou, quality_focal_loss


def nearest_cells(boxes, number=9):
    """Return for each box the nearest cells of each map, `(n, 3 * number)`."""
    centers, strides = grid_centers_and_strides()
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.linalg.norm(middles[:, np.newaxis] - centers, axis=-1)
    found = []
    for stride in STRIDES:
        cells = np.flatnonzero(strides == stride)
        order = np.argsort(away[:, cells], axis=1, kind="stable")
        found.append(cells[order[:, :number]])
    return np.concatenate(found, axis=1)


def atss_assign(boxes):
    """Label assignment by ATSS: the box of each cell, -1 for none, `(3549,)`.

    Boxes are corners in pixels of the input, `(n, 4)`.
    """
    centers, strides = grid_centers_and_strides()
    squares = np.hstack([centers - 2.5 * strides, centers + 2.5 * strides])
    overlaps = pairwise_iou(boxes, squares)  # (n, cells)
    owners, best = np.full(len(centers), -1), np.zeros(len(centers))
    for owner, cells in enumerate(nearest_cells(np.asarray(boxes))):
        near, box = overlaps[owner, cells], boxes[owner]
        inside = (centers[cells] > box[:2]) & (centers[cells] < box[2:])
        enough = near >= near.mean() + near.std(ddof=1)
        taken = cells[inside.all(axis=1) & enough & (near > best[cells])]
        owners[taken], best[taken] = owner, overlaps[owner, taken]
    return owners


def cell_targets(boxes, classes):
    """Training targets of all cells: class, box.

    A class, -1 for none, and the distances to the left, top, right and
    bottom edge, counted in strides.
    """
    centers, strides = grid_centers_and_strides()
    targets = np.full((len(centers), 5), -1, "float32")
    owners = atss_assign(boxes)
    taken = owners >= 0
    box, center = boxes[owners[taken]], centers[taken]
    edges = np.hstack([center - box[:, :2], box[:, 2:] - center])
    targets[taken, 0] = classes[owners[taken]]
    targets[taken, 1:] = np.clip(edges / strides[taken], 0, NUM_BINS - 1)
    return targets


def distribution_focal_loss(bins, distances):
    """Distribution focal loss: cross-entropy of the two bins beside the target.

    The nearer one has the greater share: 3.2 is 0.8 of bin 3, 0.2 of bin 4.
    """
    away = distances[..., np.newaxis] - np.arange(NUM_BINS, dtype="float32")
    shares = ops.relu(1 - ops.abs(away))
    return -ops.sum(shares * ops.log_softmax(bins), axis=-1)


def edge_loss(bins, distances):
    """GIoU loss and distribution focal loss of each box, and its IoU.

    `bins`: logits `(..., 4, 11)`; `distances`: targets `(..., 4)`.
    """
    steps = np.arange(NUM_BINS, dtype="float32")
    expected = ops.sum(ops.softmax(bins) * steps, axis=-1)
    corners = np.array([-1, -1, 1, 1], "float32")  # around the point between
    iou, generalized = iou_and_giou(corners * expected, corners * distances)
    in_bins = ops.mean(distribution_focal_loss(bins, distances), axis=-1)
    return 2 * (1 - generalized) + in_bins / 4, iou


def nanodet_loss(y_true, y_pred):
    """Loss of a batch: targets `(batch, 3549, 5)`, outputs `(…, 124)`."""
    kinds, distances = y_true[..., 0], y_true[..., 1:]
    logits, bins = y_pred[..., :NUM_CLASSES], y_pred[..., NUM_CLASSES:]
    bins = ops.reshape(bins, (*ops.shape(kinds), 4, NUM_BINS))
    edges, iou = edge_loss(bins, distances)
    taken = ops.cast(kinds >= 0, "float32")
    named = ops.one_hot(ops.cast(ops.relu(kinds), "int32"), NUM_CLASSES)
    quality = ops.stop_gradient((taken * iou)[..., np.newaxis] * named)
    sure = ops.stop_gradient(taken * ops.max(ops.sigmoid(logits), axis=-1))
    score = ops.sum(quality_focal_loss(quality, logits))
    score /= ops.maximum(ops.sum(taken), 1)
    return score + ops.sum(sure * edges) / ops.maximum(ops.sum(sure), 1e-6)
