"""Few labels: as many of each class, drawn at random."""

import numpy as np


def require_per_class(labels, count):
    """Raise an error if a class has fewer than `count` labels."""
    names, counts = np.unique(labels, return_counts=True)
    if counts.min() < count:
        raise ValueError(
            f"Expected at least {count} labels of each class. "
            f"Received: {counts.min()} of class {names[counts.argmin()]}"
        )


def draw_per_class(labels, count, seed):
    """Draw `count` positions of each class at random, in a random order."""
    require_per_class(labels, count)
    generator = np.random.default_rng(seed)
    chosen = [
        generator.choice(np.flatnonzero(labels == name), count, replace=False)
        for name in np.unique(labels)
    ]
    return generator.permutation(np.concatenate(chosen))
