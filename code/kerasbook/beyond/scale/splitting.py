"""The gradient of a batch, from the gradients of its parts."""

import numpy as np


def line_gradient(slope, x, y):
    """Compute the gradient of the mean squared error of `slope * x`.

    Args:
        slope: a number.
        x: inputs of shape `(samples,)`.
        y: targets of shape `(samples,)`.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    return float(np.mean(2 * (slope * x - y) * x))


def data_parallel_gradient(slope, x, y, *, devices):
    """Gradients on equal shards of a batch, and their mean.

    Args:
        slope: as for `line_gradient`.
        x: as there.
        y: as there.
        devices: how many equal parts.

    Returns:
        the gradients of the parts, and their mean.
    """
    parts = zip(np.split(x, devices), np.split(y, devices), strict=True)
    found = [line_gradient(slope, *part) for part in parts]
    return found, float(np.mean(found))


def weighted_mean_gradient(parts):
    """Mean of gradients, weighted by the number of samples.

    Args:
        parts: list of pairs: the number of samples, and their gradient.
    """
    samples = sum(count for count, _ in parts)
    return sum(count * gradient for count, gradient in parts) / samples


def mean_unweighted(parts):
    """Average as if all parts were equally large: wrong if they are not."""
    return sum(gradient for _, gradient in parts) / len(parts)
