"""The exercise: the answer is right, the usual mistake is caught."""

import numpy as np

from kerasbook.beyond.pretrained.answers import careless_mean, mean_without_padding
from kerasbook.grading import grade

CASES = [((np.array([[1, 2], [3, 4], [9, 9]]), [1, 1, 0]), [2, 3])]


def test_padding_does_not_count():
    assert grade(mean_without_padding, CASES) == "Right in all 1 cases."


def test_the_mistake_counts_it():
    assert grade(careless_mean, CASES).endswith("received [1.3333333333333333, 2.0].")
