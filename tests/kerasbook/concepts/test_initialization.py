"""Initialization: variances, what ten layers make of them, units that die, and the last bias."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasbook.calculus import sigmoid
from kerasbook.concepts import initialization, neurons
from kerasbook.concepts.initialization import leaky_relu
from kerasbook.concepts.neurons import relu
from kerasbook.grading import grade


def he(inputs, units):
    return 2 / inputs


def glorot(inputs, units):
    return 2 / (inputs + units)


@pytest.fixture(scope="module")
def moons():
    return neurons.two_moons(60, noise=0.2, seed=0)


def flat(layers):
    return [array for kernel, bias, _ in layers for array in (kernel, bias)]


# Symmetry


def test_the_gradients_of_two_equal_neurons_by_hand():
    layers = [
        (np.full((2, 2), 0.5), np.zeros(2), relu),
        (np.full((2, 1), 0.5), np.zeros(1), sigmoid),
    ]
    outputs = neurons.forward(np.array([[1.0, 2.0]]), layers)
    [(first, _), (last, _)] = neurons.backward(outputs, layers, np.array([[1]]))
    delta = 1 / (1 + np.exp(-1.5)) - 1
    np.testing.assert_allclose(last, [[1.5 * delta], [1.5 * delta]])
    np.testing.assert_allclose(first, [[delta / 2, delta / 2], [delta, delta]])


def test_zeros_stay_zeros_behind_relu(moons):
    zeros = [(np.zeros((2, 5)), np.zeros(5), relu), (np.zeros((5, 1)), np.zeros(1), sigmoid)]
    trained = neurons.gradient_descent(*moons, zeros, steps=50, learning_rate=1.0)
    assert max(np.abs(array).max() for array in flat(trained)) < 1e-12
    loss = neurons.mean_cross_entropy(moons[1], neurons.forward(moons[0], trained)[-1])
    assert loss == pytest.approx(np.log(2))


def test_neurons_that_start_equal_stay_equal(moons):
    equal = [
        (np.full((2, 5), 0.5), np.zeros(5), relu),
        (np.full((5, 1), 0.5), np.zeros(1), sigmoid),
    ]
    [(kernel, *_), _] = neurons.gradient_descent(*moons, equal, steps=200, learning_rate=0.1)
    assert np.ptp(kernel, axis=1).max() < 1e-12
    assert np.ptp(kernel, axis=0).max() > 0.1


def test_a_last_kernel_of_zeros_learns_and_a_first_one_does_not(moons):
    start = neurons.initialize_layers([2, 5, 1], relu, seed=0)
    for zero in (0, 1):
        layers = list(start)
        kernel, bias, activation = layers[zero]
        layers[zero] = (np.zeros_like(kernel), bias, activation)
        trained = neurons.gradient_descent(*moons, layers, steps=50, learning_rate=0.1)
        assert trained[zero][0].any() == bool(zero)


# Variance


def test_the_variance_of_a_weighted_sum_over_all_draws():
    x = np.array([1.0, 2.0, 2.0, 1.0])
    z = np.array(list(itertools.product((-0.5, 0.5), repeat=4))) @ x
    assert z.var() == 4 * 0.25 * 2.5
    assert np.mean(relu(z) ** 2) == z.var() / 2


def test_layers_have_the_variance_that_was_asked_for():
    layers = initialization.layers_of_variance([400, 300, 200], np.tanh, glorot, seed=0)
    [(first, bias, hidden), (second, _, last)] = layers
    assert (first.shape, second.shape) == ((400, 300), (300, 200))
    assert first.var() == pytest.approx(2 / 700, rel=0.02)
    assert second.var() == pytest.approx(2 / 500, rel=0.02)
    assert not bias.any()
    assert (hidden, last) == (np.tanh, sigmoid)


def test_with_the_variance_of_he_they_are_those_of_the_chapter_on_neurons():
    ours = initialization.layers_of_variance([2, 16, 1], relu, he, seed=3)
    theirs = neurons.initialize_layers([2, 16, 1], relu, seed=3)
    for our, their in zip(flat(ours), flat(theirs), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "limit"), [("glorot_uniform", (6 / 96) ** 0.5), ("he_uniform", (6 / 64) ** 0.5)]
)
def test_uniform_weights_of_keras_reach_the_limit_by_hand(name, limit):
    keras.utils.set_random_seed(0)
    kernel = np.abs(keras.ops.convert_to_numpy(keras.initializers.get(name)((64, 32))))
    assert 0.99 * limit < kernel.max() <= limit * (1 + 1e-6)


def test_relu_layers_change_their_outputs_as_the_formula_says():
    samples = np.random.default_rng(0).normal(size=(500, 256))
    for variance in (lambda n, m: 0.01**2, lambda n, m: 1.0, glorot, he):
        layers = initialization.layers_of_variance(12 * [256], relu, variance, seed=0)
        spreads = [values.std() for values in neurons.forward(samples, layers[:-1])]
        predicted = (256 * variance(256, 256) / 2) ** (9 / 2)
        assert 1 / 3 < spreads[10] / spreads[1] / predicted < 3


# Gradients


def test_deep_sigmoids_lose_the_gradient_and_relu_keeps_it(moons):
    reached = {}
    for activation in (sigmoid, relu):
        layers = neurons.initialize_layers([2] + 10 * [16] + [1], activation, seed=0)
        gradients = neurons.backward(neurons.forward(moons[0], layers), layers, moons[1])
        reached[activation] = np.abs(gradients[0][0]).mean() / np.abs(gradients[-1][0]).mean()
    assert reached[sigmoid] < 1e-4
    assert reached[relu] > 0.1


def test_larger_kernels_multiply_the_first_gradient_in_every_layer(moons):
    reached = []
    for factor in (0.5, 1.0, 2.0):
        layers = initialization.layers_of_variance(
            [2] + 20 * [64] + [1], relu, lambda n, m, c=factor: c**2 * 2 / n, seed=0
        )
        gradients = neurons.backward(neurons.forward(moons[0], layers), layers, moons[1])
        reached.append(np.abs(gradients[0][0]).mean())
    small, middle, large = reached
    assert small < 1e-4 * middle < 1e-8 * large


# Units


def test_leaky_relu_and_its_derivative_are_those_of_keras():
    z = np.array([-2.0, -0.3, 0.4, 3.0])
    variable = tf.Variable(z)
    with tf.GradientTape() as tape:
        outputs = keras.activations.leaky_relu(variable)
    np.testing.assert_allclose(leaky_relu(z), outputs, rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(outputs, variable), [0.2, 0.2, 1, 1], rtol=1e-6)


def test_one_step_that_is_too_large_kills_a_unit_and_a_small_one_does_not():
    x, y = np.array([1.0, 2.0]), np.array([0.5, 1.0])
    derivative = neurons.DERIVATIVES[relu]
    first = initialization.train_one_neuron(x, y, [0.1], relu, derivative)
    np.testing.assert_allclose(first, [1 - 0.125, -0.075])
    dead = initialization.train_one_neuron(x, y, [1.0] + 99 * [0.1], relu, derivative)
    assert dead == (-0.25, -0.75)
    w, b = initialization.train_one_neuron(
        x, y, [1.0] + 999 * [0.1], leaky_relu, lambda a: np.where(a > 0, 1.0, 0.2)
    )
    np.testing.assert_allclose(leaky_relu(w * x + b), y, atol=0.001)


# The last bias


def test_the_log_odds_make_the_sigmoid_give_the_share():
    for share in (0.01, 0.2, 0.5):
        bias = np.log(share / (1 - share))
        assert sigmoid(bias) == pytest.approx(share)
    rare = keras.initializers.Constant(float(np.log(0.01 / 0.99)))
    layer = keras.layers.Dense(1, "sigmoid", bias_initializer=rare)
    assert float(layer(np.zeros((1, 4)))[0, 0]) == pytest.approx(0.01, rel=1e-5)


def test_training_on_a_rare_class_starts_lower_from_the_log_odds():
    points, labels = neurons.two_moons(1000, noise=0.2, seed=0)
    kept = np.r_[0:990, 1000:2000:100]
    x, y = points[kept], labels[kept]
    assert y.mean() == 0.01
    hidden, (kernel, _, last) = neurons.initialize_layers([2, 16, 1], relu, seed=0)
    losses = []
    for bias in (0.0, np.log(0.01 / 0.99)):
        probability = neurons.forward(x, [hidden, (kernel, np.array([bias]), last)])[-1]
        losses.append(neurons.mean_cross_entropy(y, probability))
    assert losses[0] > 2 * losses[1]


# Pitfalls


def test_layers_that_share_an_initializer_start_equal():
    shared, kernels = keras.initializers.HeNormal(), []
    for initializer in (shared, shared, "he_normal"):
        layer = keras.layers.Dense(4, kernel_initializer=initializer)
        layer.build((None, 3))
        kernels.append(layer.get_weights()[0])
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.allclose(kernels[0], kernels[2])


def test_an_object_with_a_seed_generator_goes_on():
    initializer = keras.initializers.HeNormal(seed=keras.random.SeedGenerator(0))
    first, second = (keras.ops.convert_to_numpy(initializer((3, 4))) for _ in range(2))
    assert not np.allclose(first, second)


# Exercise


def test_the_limit_counts_the_window_and_is_that_of_keras():
    assert initialization.glorot_limit((2, 4)) == 1
    assert initialization.glorot_limit((3, 3, 16, 8)) == pytest.approx(1 / 6)
    kernel = keras.initializers.GlorotUniform(seed=0)((3, 3, 16, 8))
    largest = np.abs(keras.ops.convert_to_numpy(kernel)).max()
    assert 0.99 / 6 < largest <= (1 + 1e-6) / 6


def test_the_grader_says_where_the_window_was_forgotten():
    cases = [(((2, 4),), 1.0), (((3, 3, 16, 8),), 1 / 6)]
    assert grade(initialization.glorot_limit, cases) == "Right in all 2 cases."
    wrong = grade(initialization.glorot_limit_without_window, cases)
    assert wrong.startswith("Wrong for ((3, 3, 16, 8)): expected 0.16666666666666666, received 0.5")
