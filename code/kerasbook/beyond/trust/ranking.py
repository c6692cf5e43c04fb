"""How well one number tells two groups apart."""

import numpy as np


def auroc(high, low):
    """Return how often a value of `high` exceeds one of `low`, a tie half."""
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left")
    not_above = np.searchsorted(ordered, high, side="right")
    return float(np.mean(below + not_above) / (2 * len(ordered)))
