"""The sigmoid against SciPy, slopes against a known derivative."""

import numpy as np
from scipy.special import expit

from kerasbook.calculus import finite_differences, sigmoid


def test_the_sigmoid_is_that_of_scipy_and_never_overflows():
    z = np.array([-1e4, -30.0, -1.0, 0.0, 2.0, 30.0, 1e4])
    with np.errstate(all="raise", under="ignore"):
        values = sigmoid(z)
    np.testing.assert_allclose(values, expit(z), rtol=1e-14)


def test_finite_differences_of_a_known_function_leave_the_array_as_it_was():
    array = np.array([[1.0, -2.0], [0.5, 3.0]])
    estimate = finite_differences(lambda: (array**3).sum(), array)
    np.testing.assert_allclose(estimate, 3 * array**2, atol=1e-8)
    assert array.tolist() == [[1.0, -2.0], [0.5, 3.0]]
