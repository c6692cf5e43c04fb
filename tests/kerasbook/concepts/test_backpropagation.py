"""Gradients by hand, against TensorFlow and finite differences."""

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
    gradients = backpropagation.backward_two_layers(x, z, h, p, y, weights[2])
    assert [gradient.tolist() for gradient in gradients] == [
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


def test_two_layers_have_the_gradients_that_finite_differences_find():
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(5, 3)), generator.normal(size=(5, 2))
    weights = [generator.normal(size=size) for size in ((3, 4), 4, (4, 2), 2)]

    def loss():
        return ((backpropagation.forward_two_layers(x, *weights)[-1] - y) ** 2).sum() / len(y)

    z, h, p = backpropagation.forward_two_layers(x, *weights)
    gradients = backpropagation.backward_two_layers(x, z, h, p, y, weights[2])
    for weight, gradient in zip(weights, gradients, strict=True):
        np.testing.assert_allclose(numerical_gradient(loss, weight), gradient, atol=1e-8)


def test_a_step_size_can_be_too_large_and_too_small():
    derivative = special.expit(1.0) - 1
    best = {}
    for precision in ("float64", "float32"):
        point, h = np.array(1, precision), np.logspace(-1, -12, 12, dtype=precision)
        errors = backpropagation.finite_difference_errors(
            lambda z: np.log1p(np.exp(-z)), point, derivative, h
        )
        best[precision] = 1 + int(np.argmin(errors))
    assert best["float64"] in (5, 6)
    assert best["float32"] in (2, 3)
    assert errors[-1] == pytest.approx(-derivative), "in float32 a tiny h changes nothing"


def test_squared_error_takes_longer_by_the_derivative_it_loses():
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


def test_the_graph_has_the_gradient_of_tensorflow():
    w, b, x, y = (tf.Variable(number, dtype="float64") for number in (-0.5, 0.25, 4.0, -3.0))
    with tf.GradientTape() as tape:
        *_, r, loss = backpropagation.forward_scalar(w, b, x, y)
    expected = tape.gradient(loss, [w, b])
    assert backpropagation.backward_scalar(4.0, float(r)) == pytest.approx(
        [float(each) for each in expected]
    )


def test_a_sum_and_a_product_know_their_local_derivatives():
    a, b = backpropagation.Node(2.0), backpropagation.Node(5.0)
    total, product = a + b, a * b
    assert (total.value, product.value) == (7.0, 10.0)
    assert total.inputs == [(a, 1.0), (b, 1.0)]
    assert product.inputs == [(a, 5.0), (b, 2.0)]
    assert list(a.inputs) == []


def test_contributions_of_two_paths_are_added():
    v, three = backpropagation.Node(2.0), backpropagation.Node(3.0)
    s_1, s_2 = v * v, three * v
    loss = s_1 + s_2
    for _ in range(2):  # a second call begins with 0 again
        backpropagation.backpropagate(loss)
        assert [each.gradient for each in (loss, s_1, s_2, v, three)] == [1, 1, 1, 7, 2]


def test_the_drive_gets_what_backward_scalar_gets():
    w, b, x, minus_y = map(backpropagation.Node, (2.0, 1.0, 3.0, -5.0))
    r = w * x + b + minus_y
    backpropagation.backpropagate(r * r)
    assert (w.gradient, b.gradient) == backpropagation.backward_scalar(x.value, r.value)


def test_nodes_come_after_their_inputs_and_once():
    v = backpropagation.Node(2.0)
    s = v * v
    t = v * s
    output = t + s
    # depth first from `output`, `t` comes before `s`: it is not enough to list what one meets
    assert backpropagation.topological_order(output, []) == [v, s, t, output]


def test_a_diamond_waits_for_both_branches():
    v = backpropagation.Node(3.0)
    s = v * v  # the top, used by both branches, one of which is longer: 9
    left, right = s * s, s + v  # 81, 12
    longer = left * right
    output = longer + s  # (v⁴)(v² + v) + v²
    backpropagation.backpropagate(output)
    assert output.value == 81 * 12 + 9
    assert left.gradient == 12
    assert right.gradient == 81
    assert s.gradient == 12 * 18 + 81 + 1  # d left / ds = 2 s
    assert v.gradient == 6 * 3**5 + 5 * 3**4 + 2 * 3


def test_a_node_that_the_output_does_not_use_keeps_the_gradient_0():
    v, idle = backpropagation.Node(3.0), backpropagation.Node(4.0)
    v * idle  # another output
    backpropagation.backpropagate(v + v)
    assert (v.gradient, idle.gradient) == (2, 0)


@pytest.mark.parametrize("seed", range(5))
def test_any_graph_has_the_gradient_that_finite_differences_find(seed):
    start = np.random.default_rng(seed).uniform(0.5, 1.5, size=4)

    def output(numbers):
        generator = np.random.default_rng(seed)
        values = list(numbers)
        for _ in range(8):
            one, other = generator.choice(len(values), size=2)
            multiplies = generator.random() < 0.5
            one, other = values[one], values[other]
            values.append(one * other if multiplies else one + other)
        return values[-1] * values[-2] + values[-3]

    nodes = [backpropagation.Node(float(number)) for number in start]
    backpropagation.backpropagate(output(nodes))
    estimate = numerical_gradient(lambda: output(start), start)
    assert [node.gradient for node in nodes] == pytest.approx(list(estimate), rel=1e-6, abs=1e-6)


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
def test_both_paths_are_what_a_finite_difference_finds(numbers):
    w, x, y = numbers
    weight = np.array([w])
    estimate = numerical_gradient(lambda: ((weight * x + weight - y) ** 2).item(), weight)
    assert backpropagation.grad_shared_weight(w, x, y) == pytest.approx(estimate.item(), abs=1e-6)
