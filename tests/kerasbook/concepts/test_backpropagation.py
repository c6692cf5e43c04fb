"""Slopes by hand, against TensorFlow and nudges."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from kerasbook.calculus import numerical_gradient
from kerasbook.concepts import backpropagation
from kerasbook.grading import grade


def weights_of_two_layers():
    w_1, b_1 = np.array([[1.0, -1], [1, 2]]), np.array([0.0, -1])
    w_2, b_2 = np.array([[2.0], [1]]), np.array([1.0])
    return w_1, b_1, w_2, b_2


def test_two_layers_by_hand():
    x, y = np.array([[1.0, 2], [3, 0]]), np.array([[8.0], [9]])
    weights = weights_of_two_layers()
    z, h, p = backpropagation.forward_two_layers(x, *weights)
    assert z.tolist() == [[3, 2], [3, -4]]
    assert h.tolist() == [[3, 2], [3, 0]]
    assert p.tolist() == [[9], [7]]
    slopes = backpropagation.backward_two_layers(x, z, h, p, y, weights[2])
    assert [slope.tolist() for slope in slopes] == [
        [[-10, 1], [4, 2]],
        [-2, 1],
        [[-3], [2]],
        [-1],
    ]
    w_1, _, w_2, _ = backpropagation.backward_two_layers(
        x, z, h, p, np.array([[6.0], [9]]), weights[2]
    )
    assert w_2.tolist() == [[3], [6]], "the answer of the exercise"
    assert w_1.tolist() == [[-6, 3], [12, 6]]


def test_two_layers_have_the_slopes_that_nudges_find():
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(5, 3)), generator.normal(size=(5, 2))
    weights = [generator.normal(size=size) for size in ((3, 4), 4, (4, 2), 2)]

    def loss():
        return ((backpropagation.forward_two_layers(x, *weights)[-1] - y) ** 2).sum() / len(y)

    z, h, p = backpropagation.forward_two_layers(x, *weights)
    slopes = backpropagation.backward_two_layers(x, z, h, p, y, weights[2])
    for weight, slope in zip(weights, slopes, strict=True):
        np.testing.assert_allclose(numerical_gradient(loss, weight), slope, atol=1e-8)


def test_a_nudge_can_be_too_large_and_too_small():
    slope = special.expit(1.0) - 1
    best = {}
    for precision in ("float64", "float32"):
        point, nudges = np.array(1, precision), np.logspace(-1, -12, 12, dtype=precision)
        errors = backpropagation.finite_difference_errors(
            lambda z: np.log1p(np.exp(-z)), point, slope, nudges
        )
        best[precision] = 1 + int(np.argmin(errors))
    assert best["float64"] in (5, 6)
    assert best["float32"] in (2, 3)
    assert errors[-1] == pytest.approx(-slope), "in float32 a tiny nudge changes nothing"


def test_squared_error_takes_longer_by_the_slope_it_loses():
    steps = backpropagation.steps_until_right(lambda z: -0.5, start=-2.0, learning_rate=1.0)
    assert steps == 5  # -2, -1.5, -1, -0.5, 0, 0.5
    sigmoid = special.expit
    fast = backpropagation.steps_until_right(
        lambda z: sigmoid(z) - 1, start=-8.0, learning_rate=1.0
    )
    slow = backpropagation.steps_until_right(
        lambda z: 2 * (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)),
        start=-8.0,
        learning_rate=1.0,
    )
    assert 8 <= fast <= 12
    # dz/dt = 2 exp(z) for negative z: about exp(8) / 2 steps
    assert slow == pytest.approx(math.exp(8) / 2, rel=0.05)


def test_the_graph_of_the_page():
    assert backpropagation.forward_scalar(2.0, 1.0, 3.0, 5.0) == (6.0, 7.0, 2.0, 4.0)
    assert backpropagation.backward_scalar(3.0, 2.0) == (12.0, 4.0)
    assert backpropagation.forward_scalar(1.88, 0.96, 3.0, 5.0)[-1] == pytest.approx(2.56)


def test_the_graph_has_the_slopes_of_tensorflow():
    w, b, x, y = (tf.Variable(number, dtype="float64") for number in (-0.5, 0.25, 4.0, -3.0))
    with tf.GradientTape() as tape:
        *_, r, loss = backpropagation.forward_scalar(w, b, x, y)
    expected = tape.gradient(loss, [w, b])
    assert backpropagation.backward_scalar(4.0, float(r)) == pytest.approx(
        [float(each) for each in expected]
    )


def test_an_optimizer_needs_no_backpropagation():
    weight = keras.Variable(2.0)
    keras.optimizers.SGD(0.01).apply([keras.ops.convert_to_tensor(12.0)], [weight])
    assert float(weight) == pytest.approx(1.88)
    assert not hasattr(keras.ops, "grad")


CASES = [((2, 3, 5), 24), ((1, 0, 0), 2)]  # r = 3: 2 * 3 * (3 + 1); r = 1: 2 * 1 * (0 + 1)


def test_the_grader_tells_both_paths_from_one():
    assert grade(backpropagation.grad_shared_weight, CASES) == "Right in all 2 cases."
    assert grade(backpropagation.grad_one_path, CASES) == (
        "Wrong for (2, 3, 5): expected 24, received 18."
    )


@pytest.mark.parametrize("numbers", [(2.0, 3.0, 5.0), (-0.5, 1.5, 2.0)])
def test_both_paths_are_what_a_nudge_finds(numbers):
    w, x, y = numbers
    weight = np.array([w])
    nudged = numerical_gradient(lambda: ((weight * x + weight - y) ** 2).item(), weight)
    assert backpropagation.grad_shared_weight(w, x, y) == pytest.approx(nudged.item(), abs=1e-6)
