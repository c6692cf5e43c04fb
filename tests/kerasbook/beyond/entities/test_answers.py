"""The answer to the exercise by hand, and its mistake."""

import numpy as np
import pytest

from kerasbook.beyond.entities import answers


def test_opinions_are_multiplied_and_shared_out_anew():
    # Square roots of 0.8 * 0.2 and 0.2 * 0.8 are equal.
    assert answers.log_linear_pool([[0.8, 0.2], [0.2, 0.8]]) == pytest.approx([0.5, 0.5])
    # Square roots of 0.81, 0.01: 0.9 and 0.1.
    assert answers.log_linear_pool([[0.9, 0.1], [0.9, 0.1]]) == pytest.approx([0.9, 0.1])
    # 0.4 = sqrt(0.8 * 0.2), and sqrt(0.2 * 0.05) = 0.1
    found = answers.log_linear_pool([[0.8, 0.2], [0.2, 0.05]])
    np.testing.assert_allclose(found, [0.8, 0.2])


def test_one_firm_no_weighs_more_than_in_a_mean():
    opinions = [[0.9, 0.1], [0.9, 0.1], [0.001, 0.999]]
    assert answers.average_probabilities(opinions) == pytest.approx([0.60033, 0.39967], abs=1e-5)
    assert answers.log_linear_pool(opinions)[0] < 0.4
