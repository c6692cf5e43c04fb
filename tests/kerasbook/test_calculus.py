"""Sigmoid, softmax and cross-entropy against SciPy and by hand, slopes against known ones."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from kerasbook.calculus import cross_entropy, numerical_gradient, sigmoid, softmax


def test_the_sigmoid_is_that_of_scipy_and_never_overflows():
    z = np.array([-1e4, -30.0, -1.0, 0.0, 2.0, 30.0, 1e4])
    with np.errstate(all="raise", under="ignore"):
        values = sigmoid(z)
    np.testing.assert_allclose(values, expit(z), rtol=1e-14)


def test_finite_differences_of_a_known_function_leave_the_array_as_it_was():
    array = np.array([[1.0, -2.0], [0.5, 3.0]])
    estimate = numerical_gradient(lambda: (array**3).sum(), array)
    np.testing.assert_allclose(estimate, 3 * array**2, atol=1e-8)
    assert array.tolist() == [[1.0, -2.0], [0.5, 3.0]]


def test_softmax_by_hand():
    expected = [0.665, 0.245, 0.090]
    for outputs in ([1.0, 0.0, -1.0], [3.0, 2.0, 1.0]):
        np.testing.assert_allclose(softmax(np.array(outputs)), expected, atol=5e-4)
    np.testing.assert_allclose(softmax(np.zeros((2, 4))), np.full((2, 4), 0.25))


def test_the_weather_in_bits():
    truth = [1 / 2, 1 / 4, 1 / 4]
    right, wrong = (
        cross_entropy(truth, forecast) / math.log(2) for forecast in (truth, [1 / 4, 1 / 4, 1 / 2])
    )
    assert right == pytest.approx(1.5)
    assert wrong == pytest.approx(1.75)


def test_cross_entropy_is_least_where_the_prediction_is_the_soft_label():
    label = np.array([0.2, 0.7, 0.1])
    least = cross_entropy(label, label)
    assert least == pytest.approx(stats.entropy(label))
    others = np.random.default_rng(3).dirichlet(np.ones(3), size=200)
    assert (cross_entropy(label, others) > least).all()
