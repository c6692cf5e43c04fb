"""Few labels: which of many to take."""

import numpy as np


def draw_per_class(labels, count, seed):
    """Draw `count` positions of each class at random.

    Raises:
        ValueError: a class has fewer.
    """
    generator = np.random.default_rng(seed)
    names, counts = np.unique(labels, return_counts=True)
    if counts.min() < count:
        scarce = names[counts.argmin()]
        raise ValueError(
            f"Expected at least {count} labels of each class. "
            f"Received: {counts.min()} of class {scarce}"
        )
    chosen = [
        generator.choice(np.flatnonzero(labels == name), count, replace=False)
        for name in names
    ]
    return generator.permutation(np.concatenate(chosen))
