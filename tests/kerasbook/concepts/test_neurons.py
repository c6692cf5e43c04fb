"""Neurons: the formula, hand-written gradients against differences and Keras, and what trains."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.figure import Figure
from scipy.special import expit
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression

from kerasbook.calculus import finite_differences
from kerasbook.concepts import neurons

TANH = ("tanh", "sigmoid")
CORNERS = [[-1, -1], [1, 1], [-1, 1], [1, -1]]


@pytest.fixture(scope="module")
def moons():
    return neurons.two_moons(60, noise=0.2, seed=0)


def flat(parameters):
    return [array for pair in parameters for array in pair]


# The formula


def test_a_layer_by_hand():
    inputs = np.array([[1.0, 2.0], [0.0, -1.0]])
    kernel = np.array([[0.5, 1.0, -1.0], [-1.0, 0.0, 2.0]])
    bias = np.array([0.5, -3.0, 1.0])
    expected = np.array([[-1.0, -2.0, 4.0], [1.5, -3.0, -1.0]])
    np.testing.assert_array_equal(neurons.dense(inputs, kernel, bias), expected)
    np.testing.assert_array_equal(
        neurons.dense(inputs, kernel, bias, "relu"), [[0, 0, 4], [1.5, 0, 0]]
    )
    np.testing.assert_array_equal(neurons.dense(inputs, kernel, bias, "tanh"), np.tanh(expected))


@pytest.mark.parametrize("name", neurons.ACTIVATIONS)
def test_activations_and_their_slopes_are_those_of_keras(name):
    z = np.array([-2.0, -0.3, 0.4, 3.0])
    function, slope = neurons.ACTIVATIONS[name]
    variable = tf.Variable(z)
    with tf.GradientTape() as tape:
        outputs = keras.activations.get(name)(variable) * 1.0
    np.testing.assert_allclose(function(z), outputs, rtol=1e-12)
    np.testing.assert_allclose(slope(function(z)), tape.gradient(outputs, variable), rtol=1e-12)


@pytest.mark.parametrize("shape", [(3,), (1, 2), (2, 3, 3)])
def test_inputs_of_a_wrong_shape_are_echoed(shape):
    with pytest.raises(ValueError, match="inputs") as caught:
        neurons.dense(np.zeros(shape), np.zeros((3, 2)), np.zeros(2))
    assert str(caught.value) == (
        f"Expected inputs of shape (batch, 3). Received: inputs.shape={shape}"
    )


# Data


def test_moons_without_noise_are_those_of_scikit_learn():
    points, labels = neurons.two_moons(50, noise=0, seed=0)
    expected, expected_labels = make_moons(100, shuffle=False)
    np.testing.assert_allclose(points, expected, atol=1e-12)
    np.testing.assert_array_equal(labels, expected_labels)


def test_the_seed_decides_the_noise():
    first, again, other = (neurons.two_moons(9, noise=0.1, seed=seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_clusters_lie_around_their_centers():
    points, labels = neurons.clusters([[0, 5], [3, -1]], [1, 0], count=4000, noise=0.5, seed=0)
    assert labels.tolist() == [1] * 4000 + [0] * 4000
    np.testing.assert_allclose(points[labels == 1].mean(axis=0), [0, 5], atol=0.05)
    np.testing.assert_allclose(points[labels == 0].std(axis=0), 0.5, rtol=0.05)


# Loss and gradients


def test_initial_weights_keep_the_variance_of_their_inputs():
    [(kernel, bias), (second, _)] = neurons.lecun_weights([400, 300, 2], seed=0)
    assert (kernel.shape, second.shape) == ((400, 300), (300, 2))
    assert kernel.std() == pytest.approx(400**-0.5, rel=0.01)
    assert not bias.any()


def test_the_loss_by_hand_and_for_sure_answers():
    probability = np.array([[0.25], [0.5], [1.0], [0.0]])
    labels = np.array([1, 0, 1, 0])
    expected = (np.log(4) + np.log(2)) / 4
    assert neurons.mean_cross_entropy(labels, probability) == pytest.approx(expected)


@pytest.mark.parametrize("names", [("sigmoid",), TANH, ("relu", "tanh", "sigmoid")])
def test_gradients_agree_with_finite_differences(names, moons):
    points, labels = moons
    parameters = neurons.lecun_weights([2, *[4, 3][: len(names) - 1], 1], seed=3)
    gradients = neurons.backward(
        neurons.forward(points, parameters, names), parameters, names, labels
    )
    for array, gradient in zip(flat(parameters), flat(gradients), strict=True):
        estimate = finite_differences(
            lambda: neurons.mean_cross_entropy(
                labels, neurons.forward(points, parameters, names)[-1]
            ),
            array,
        )
        assert gradient.shape == array.shape
        np.testing.assert_allclose(gradient, estimate, atol=1e-9)
        assert np.abs(gradient).max() > 1e-3


# Training


def test_one_neuron_becomes_the_logistic_regression_of_scikit_learn(moons):
    points, labels = moons
    start = neurons.lecun_weights([2, 1], seed=0)
    [(kernel, bias)], losses = neurons.train_full_batch(
        points, labels, start, ["sigmoid"], steps=4000, learning_rate=2.0
    )
    oracle = LogisticRegression(C=1e10, tol=1e-10, max_iter=10_000).fit(points, labels)
    np.testing.assert_allclose(kernel.ravel(), oracle.coef_[0], rtol=1e-3)
    np.testing.assert_allclose(bias, oracle.intercept_, rtol=1e-3)
    assert np.all(np.diff(losses) < 1e-12), "every step goes down"


def test_without_bias_the_boundary_passes_through_the_origin():
    points, labels = neurons.clusters([[1, 1], [2, 2.6]], [0, 1], count=40, noise=0.3, seed=0)
    scores = {}
    for use_bias in (False, True):
        parameters, _ = neurons.train_full_batch(
            points, labels, neurons.lecun_weights([2, 1], seed=0), ["sigmoid"],
            steps=3000, learning_rate=1.0, use_bias=use_bias,
        )  # fmt: skip
        at_origin = neurons.forward(np.zeros((1, 2)), parameters, ["sigmoid"])[-1].item()
        assert (at_origin == 0.5) is not use_bias
        probability = neurons.forward(points, parameters, ["sigmoid"])[-1]
        scores[use_bias] = neurons.binary_accuracy(labels, probability)
    assert scores[True] == 1.0
    assert scores[False] < 0.9


def test_xor_needs_a_hidden_layer():
    points, labels = neurons.clusters(CORNERS, [0, 0, 1, 1], count=20, noise=0.2, seed=0)
    reached = []
    for sizes, names in (([2, 1], ["sigmoid"]), ([2, 8, 1], TANH)):
        parameters, _ = neurons.train_full_batch(
            points,
            labels,
            neurons.lecun_weights(sizes, seed=0),
            names,
            steps=2000,
            learning_rate=1.0,
        )
        reached.append(
            neurons.binary_accuracy(labels, neurons.forward(points, parameters, names)[-1])
        )
    assert reached[0] <= 0.76, "a line gets at most three of four clusters"
    assert reached[1] == 1.0


def test_descent_parts_the_moons_with_three_hidden_neurons_not_with_two_though_two_can():
    points, labels = neurons.two_moons(150, noise=0.2, seed=0)
    unseen, truth = neurons.two_moons(500, noise=0.2, seed=1)
    scores = {}
    for hidden in (2, 3):
        parameters, _ = neurons.train_full_batch(
            points, labels, neurons.lecun_weights([2, hidden, 1], seed=0), TANH,
            steps=3000, learning_rate=1.0,
        )  # fmt: skip
        scores[hidden] = neurons.binary_accuracy(
            truth, neurons.forward(unseen, parameters, TANH)[-1]
        )
    chosen = [
        (np.array([[0.2, 3.0], [-0.2, 0.0]]), np.array([-0.05, -1.5])),
        (np.array([[40.0], [-7.0]]), np.zeros(1)),
    ]
    assert scores[2] < 0.9
    assert scores[3] > 0.94
    assert neurons.binary_accuracy(truth, neurons.forward(unseen, chosen, TANH)[-1]) > 0.94


def test_training_leaves_the_start_alone(moons):
    start = neurons.lecun_weights([2, 3, 1], seed=0)
    before = [array.copy() for array in flat(start)]
    neurons.train_full_batch(*moons, start, TANH, steps=3, learning_rate=1.0)
    for array, copy in zip(flat(start), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_zeros_leave_both_kernels_alone_and_move_the_last_bias_only_if_classes_differ(moons):
    zeros = [(np.zeros((2, 5)), np.zeros(5)), (np.zeros((5, 1)), np.zeros(1))]
    for points, labels in (moons, [array[:90] for array in moons]):  # 60:60, 60:30
        parameters, losses = neurons.train_full_batch(
            points, labels, zeros, TANH, steps=500, learning_rate=1.0
        )
        [(kernel, bias), (last_kernel, last_bias)] = parameters
        assert not any(array.any() for array in (kernel, bias, last_kernel))
        share = labels.mean()
        np.testing.assert_allclose(last_bias, np.log(share / (1 - share)), atol=1e-6)
        assert losses[0] == pytest.approx(np.log(2))


def test_neurons_that_start_equal_stay_equal(moons):
    equal = [(np.full((2, 5), 0.5), np.zeros(5)), (np.full((5, 1), 0.5), np.zeros(1))]
    [(kernel, _), _], losses = neurons.train_full_batch(
        *moons, equal, TANH, steps=200, learning_rate=1.0
    )
    assert losses[-1] < losses[0]
    assert np.ptp(kernel, axis=1).max() < 1e-12
    assert np.ptp(kernel, axis=0).max() > 0.1


def test_two_relu_neurons_compute_xor():
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    parameters = [
        (np.ones((2, 2)), np.array([0.0, -1.0])),
        (np.array([[1.0], [-2.0]]), np.zeros(1)),
    ]
    outputs = neurons.forward(inputs, parameters, ["relu", "linear"])[-1]
    assert outputs.ravel().tolist() == [0, 1, 1, 0]


def test_accuracy_counts_the_right_side_of_one_half():
    probability = np.array([[0.9], [0.2], [0.4], [0.51]])
    assert neurons.binary_accuracy(np.array([1, 0, 1, 0]), probability) == 0.5


# Keras


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
def test_keras_computes_the_same_outputs_and_gradients(moons, dtype, tolerance):
    points, labels = moons
    parameters = [(kernel, bias + 0.1) for kernel, bias in neurons.lecun_weights([2, 4, 1], seed=2)]
    outputs = neurons.forward(points, parameters, TANH)
    by_hand = neurons.backward(outputs, parameters, TANH, labels)
    model = neurons.keras_twin(parameters, TANH, dtype=dtype)
    assert model.count_params() == 2 * 4 + 4 + 4 + 1
    with tf.GradientTape() as tape:
        y_pred = model(points)
        loss = keras.losses.BinaryCrossentropy(dtype=dtype)(labels, y_pred)
    np.testing.assert_allclose(y_pred, outputs[-1], rtol=0, atol=tolerance)
    gradients = tape.gradient(loss, model.trainable_variables)
    for ours, theirs in zip(flat(by_hand), gradients, strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=tolerance)
        assert np.abs(ours).max() > 1e-3


# Figures


def test_activations_are_drawn_with_their_slopes():
    axes = Figure().subplots(1, 2)
    neurons.plot_activations(axes, ["sigmoid", "relu"])
    [curve, rectified], [slope, step] = (axis.lines for axis in axes)
    assert curve.get_linestyle() != rectified.get_linestyle()
    np.testing.assert_allclose(curve.get_ydata(), expit(curve.get_xdata()), rtol=1e-12)
    np.testing.assert_allclose(slope.get_ydata().max(), 0.25, rtol=1e-6)
    assert set(np.round(step.get_ydata(), 6)) == {0, 0.5, 1}
    legend = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert legend == ["sigmoid", "relu"]
