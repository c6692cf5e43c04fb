"""Few labels: as many of each class as asked for, without repetition, the same for a seed."""

import numpy as np
import pytest

from kerasbook.few_labels import draw_per_class

LABELS = np.array([0] * 5 + [1] * 3 + [2] * 4)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_class_is_drawn_as_often(count):
    chosen = draw_per_class(LABELS, count, seed=0)
    assert len(set(chosen.tolist())) == 3 * count
    assert np.bincount(LABELS[chosen]).tolist() == [count] * 3


def test_the_seed_decides():
    first, again, other = (draw_per_class(LABELS, 2, seed).tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_the_classes_are_mixed():
    many = np.repeat([0, 1], 50)
    assert (np.diff(many[draw_per_class(many, 50, 0)]) != 0).sum() > 20


def test_a_class_with_fewer_is_named():
    with pytest.raises(ValueError, match=r"at least 4 labels of each.*Received: 3 of class 1"):
        draw_per_class(LABELS, 4, seed=0)
