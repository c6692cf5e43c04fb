"""Few labels: drawing them, and classifiers that make do with them."""

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression


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


def fit_linear(features, labels, *, strength=10.0):
    """Fit a logistic regression, the head that few labels can bear."""
    return LogisticRegression(C=strength, max_iter=500).fit(features, labels)


def side_by_side(words, vectors, *, weight=1.0):
    """Lay word counts beside vectors: one row of features a text.

    Args:
        words: sparse `(n, vocabulary)`, rows of length 1.
        vectors: dense `(n, width)`, rows of length 1.
        weight: of the vectors.
    """
    return hstack([words, csr_matrix(weight * vectors)]).tocsr()
