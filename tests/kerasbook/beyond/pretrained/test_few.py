"""Words are weighed, laid beside vectors, and learned from by a linear classifier."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from kerasbook.beyond.pretrained import few


def test_words_are_weighed_by_the_first_texts_alone():
    texts, others = ["a cat sat here", "the cat ran"], ["dogs ran here"]
    words, other_words = few.tfidf_features(texts, others)
    oracle = TfidfVectorizer(sublinear_tf=True).fit(texts)
    assert np.allclose(words.toarray(), oracle.transform(texts).toarray())
    assert words.shape == (2, 5)  # cat here ran sat the: a letter alone is no word
    assert np.count_nonzero(other_words.toarray()) == 2  # ran, here
    assert np.linalg.norm(other_words.toarray()) == pytest.approx(1)


def test_rows_stand_side_by_side():
    words, _ = few.tfidf_features(["cat", "dog"], ["cat"])
    both = few.concatenate_features(words, np.array([[0.6, 0.8], [1, 0]]))
    assert both.toarray().tolist() == [[1, 0, 0.6, 0.8], [0, 1, 1, 0]]


def test_what_was_not_learned_from_is_classified():
    features, labels = np.array([[1.0, 0], [0, 1], [0.9, 0.1]]), np.array([0, 1, 0])
    others = np.array([[0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [1, 0]])
    assert few.predict_linear_svm(features, labels, others).tolist() == [0, 1, 1, 0]
