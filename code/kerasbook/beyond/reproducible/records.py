"""Know a result again, resume it, record it, compare it."""

import hashlib
import os
import platform
import sys
from importlib.metadata import version

import keras
import numpy as np
from scipy import stats


def fingerprint(*arrays):
    """Hash the bits of arrays: other bits, and in practice another hash."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:12]


def fit_epochs(model, images, labels, epochs, *, seed):
    """Train; the order of each epoch depends on its number alone."""
    for epoch in epochs:
        order = np.random.default_rng((seed, epoch)).permutation(len(images))
        model.fit(images[order], labels[order], shuffle=False, verbose=0)


def describe_run(*, seed, data):
    """List what somebody needs to repeat a run on these arrays."""
    backend = keras.config.backend()
    return {
        "python": platform.python_version(),
        "packages": {n: version(n) for n in ("keras", backend, "numpy")},
        "system": f"{sys.platform}, {platform.machine()}",
        "cores": os.cpu_count(),
        "precision": keras.config.dtype_policy().name,
        "seed": seed,
        "data": fingerprint(*data),
    }


def paired_t_interval(first, second):
    """95% t interval of the mean paired difference.

    Returns:
        `(low, high)` of first minus second, two lists of scores of equal
        length whose equal places share a seed; by Student's t.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape or len(first) < 2:
        raise ValueError(
            "Expected as many scores of both, from the same seeds, two or "
            f"more. Received: shapes {first.shape} and {second.shape}"
        )
    differences = first - second
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    reach = stats.t.ppf((1 + 0.95) / 2, len(differences) - 1) * error
    return float(differences.mean() - reach), float(differences.mean() + reach)


def unpaired_t_interval(first, second):
    """Make the usual mistake: treat paired scores as if they were not."""
    error = np.sqrt(np.var(first, ddof=1) + np.var(second, ddof=1))
    reach = stats.t.ppf(0.975, 2 * len(first) - 2) * error / len(first) ** 0.5
    difference = np.mean(first) - np.mean(second)
    return float(difference - reach), float(difference + reach)
