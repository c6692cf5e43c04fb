"""Sets of classes that hold the true one as often as was asked for."""

import math

import numpy as np

from kerasbook.beyond.trust.calibration import require_probabilities


def conformal_threshold(scores, alpha):
    """Conformal quantile, exceeded with probability `alpha` at most."""
    return np.sort(scores)[conformal_rank(len(scores), alpha) - 1]


def conformal_rank(count, alpha):
    """Say which of `count` scores, from the lowest, is the threshold."""
    require_enough(count, alpha)
    return math.ceil(round((count + 1) * (1 - alpha), 9))


def require_enough(count, alpha):
    """Raise an error if `alpha` is none, or too small for `count` samples."""
    if not 0 < alpha < 1:
        raise ValueError(
            "Expected alpha between 0 and 1, the share of labels that may be "
            f"missed. Received: alpha={alpha}"
        )
    needed = math.ceil(round(1 / alpha, 9)) - 1
    if count < needed:
        raise ValueError(
            f"Expected at least {needed} held-out samples for alpha={alpha}: "
            "with fewer, only the set of all classes is sure enough. "
            f"Received: {count}"
        )


def prediction_sets(probabilities, threshold):
    """Prediction sets: classes whose score is at most the threshold."""
    require_probabilities(probabilities)
    return 1 - probabilities <= threshold


def nonconformity_scores(probabilities, labels):
    """Nonconformity score of each label: 1 - its probability."""
    require_probabilities(probabilities)
    return 1 - probabilities[np.arange(len(labels)), labels]


def split_coverages(probabilities, labels, *, alpha, splits=1000, seed=0):
    """Empirical coverage of random calibration/test splits, `(splits,)`."""
    generator = np.random.default_rng(seed)
    scores = nonconformity_scores(probabilities, labels)
    found = []
    for _ in range(splits):
        first, second = np.array_split(generator.permutation(scores), 2)
        found.append(np.mean(second <= conformal_threshold(first, alpha)))
    return np.array(found)


def naive_threshold(scores, alpha):
    """Plain quantile, uncorrected for few samples: the usual mistake."""
    rank = math.ceil(round(len(scores) * (1 - alpha), 9))
    return np.sort(scores)[rank - 1]
