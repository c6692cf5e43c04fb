"""How well one number tells two groups apart."""

import numpy as np


def auroc(high, low):
    """Area under the ROC curve: how often `high` exceeds `low`."""
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left")
    not_above = np.searchsorted(ordered, high, side="right")
    return float(np.mean(below + not_above) / (2 * len(ordered)))
