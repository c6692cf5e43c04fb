"""Few labels: as many of each class, drawn at random."""

import numpy as np


def draw_per_class(labels, count, seed):
    """Draw `count` positions of each class at random, in a random order.

    Raises:
        ValueError: a class has fewer.
    """
    generator = np.random.default_rng(seed)
    names, counts = np.unique(labels, return_counts=True)
    if counts.min() < count:
        raise ValueError(
            f"Expected at least {count} labels of each class. "
            f"Received: {counts.min()} of class {names[counts.argmin()]}"
        )
    chosen = [
        generator.choice(np.flatnonzero(labels == name), count, replace=False)
        for name in names
    ]
    return generator.permutation(np.concatenate(chosen))
