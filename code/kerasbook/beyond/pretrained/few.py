"""Few labels: drawing them, and a classifier that makes do with them."""

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC


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


def count_words(texts, other_texts):
    """Weigh the words of texts by TF-IDF, learned from the first ones.

    Returns:
        two sparse arrays `(n, vocabulary)`, rows of length 1.
    """
    weigh = TfidfVectorizer(sublinear_tf=True)
    return weigh.fit_transform(texts), weigh.transform(other_texts)


def side_by_side(words, vectors):
    """Lay sparse rows and dense rows side by side."""
    return hstack([words, csr_matrix(vectors)]).tocsr()


def score_linear(features, labels, other_features, other_labels):
    """Train a linear SVM on few rows, and return its accuracy on others."""
    svm = LinearSVC(C=0.3, random_state=0).fit(features, labels)
    return svm.score(other_features, other_labels)
