"""Draws of few labels are balanced and repeatable."""

import numpy as np
import pytest

from kerasbook.few_labels import draw_per_class

LABELS = np.array([0, 1, 1, 0, 2, 2, 2, 1, 0])


def test_a_draw_has_as_many_of_each_class_and_none_twice():
    chosen = draw_per_class(LABELS, 2, seed=4)
    assert np.bincount(LABELS[chosen]).tolist() == [2, 2, 2]
    assert len(set(chosen)) == 6
    assert chosen.tolist() == draw_per_class(LABELS, 2, seed=4).tolist()
    others = [draw_per_class(LABELS, 2, seed=seed).tolist() for seed in range(5)]
    assert len({tuple(one) for one in others}) > 1


def test_too_few_labels_are_named():
    with pytest.raises(ValueError, match=r"at least 4 labels of each class\. Received: 3 of class"):
        draw_per_class(LABELS, 4, seed=0)
