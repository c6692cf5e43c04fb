"""Scores of classifiers, in NumPy, shared by the chapters."""

import math
from statistics import NormalDist

import numpy as np


def accuracy(scores, labels):
    """Accuracy: fraction of samples whose argmax is the label.

    Args:
        scores: of each class, shape `(n, num_classes)`; logits will do.
        labels: integer labels of shape `(n,)`.
    """
    return float(np.mean(np.asarray(scores).argmax(axis=1) == labels))


def wilson_interval(successes, trials, *, confidence=0.95):
    """Confidence interval `(low, high)` of a proportion, Wilson (1927)."""
    if not 0 < confidence < 1:
        raise ValueError(
            "Expected `confidence` between 0 and 1. "
            f"Received: confidence={confidence}"
        )
    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(
            "Expected 0 <= successes <= trials and trials >= 1. "
            f"Received: successes={successes}, trials={trials}"
        )
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    proportion = successes / trials
    denominator = 1 + z**2 / trials
    center = (proportion + z**2 / (2 * trials)) / denominator
    spread = proportion * (1 - proportion) / trials + z**2 / (4 * trials**2)
    margin = z * math.sqrt(spread) / denominator
    # Rounding may lead past the ends by a hair.
    return max(0.0, center - margin), min(1.0, center + margin)


def paired_difference(scores_a, scores_b):
    """Compare two models by their scores of the same examples, `(n,)`.

    Returns the mean of a minus b, and its standard error. Right and wrong
    answers may be booleans. Source: McNemar (1947).
    """
    a, b = np.asarray(scores_a, float), np.asarray(scores_b, float)
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise ValueError(
            "Expected two arrays of the same shape (n,). "
            f"Received: shapes {a.shape} and {b.shape}"
        )
    gaps = a - b
    return float(gaps.mean()), float(gaps.std() / len(gaps) ** 0.5)


def confusion_matrix(y_true, y_pred, num_classes):
    """Count samples, labels `(n,)`, by true (row) and predicted (column)."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape or y_true.ndim != 1:
        raise ValueError(
            "Expected two label arrays of the same shape (n,). "
            f"Received: y_true.shape={y_true.shape}, "
            f"y_pred.shape={y_pred.shape}"
        )
    both = np.concatenate([y_true, y_pred])
    if both.size and not 0 <= both.min() <= both.max() < num_classes:
        raise ValueError(
            f"Expected labels from 0 to {num_classes - 1}. "
            f"Received: labels from {both.min()} to {both.max()}"
        )
    pairs = y_true.astype(np.int64) * num_classes + y_pred
    return np.bincount(pairs, minlength=num_classes**2).reshape(
        num_classes, num_classes
    )


def per_class_scores(confusion):
    """Precision, recall and F1 of each class, three arrays `(num_classes,)`.

    Takes a confusion matrix: rows true, columns predicted.
    A class that never occurs, or is never predicted, scores 0.
    """
    hits = np.diag(confusion).astype(float)
    precision = hits / np.maximum(confusion.sum(axis=0), 1)
    recall = hits / np.maximum(confusion.sum(axis=1), 1)
    f1 = 2 * hits / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)
    return precision, recall, f1


def reliability_curve(confidence, correct, *, num_bins=10):
    """Mean confidence, accuracy and count of each bin, `(num_bins,)`.

    Takes the confidence of each prediction, and whether it is right, `(n,)`.
    An empty bin has mean confidence and accuracy 0.
    """
    confidence, correct = (
        np.asarray(confidence, float),
        np.asarray(correct, float),
    )
    bins = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    counts = np.bincount(bins, minlength=num_bins)
    filled = np.maximum(counts, 1)
    mean_confidence = (
        np.bincount(bins, weights=confidence, minlength=num_bins) / filled
    )
    accuracy = np.bincount(bins, weights=correct, minlength=num_bins) / filled
    return mean_confidence, accuracy, counts


def expected_calibration_error(confidence, accuracy, counts):
    """Expected calibration error (ECE) of a reliability curve, 0 to 1.

    Takes the three arrays `(num_bins,)` that `reliability_curve` returns.
    Source: Guo et al. (2017).
    """
    return float(
        np.sum(counts * np.abs(accuracy - confidence)) / np.sum(counts)
    )
