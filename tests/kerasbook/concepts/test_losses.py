"""Losses, gradients and optimizer steps: against Keras, SciPy, TensorFlow and by hand."""

import importlib.util
import json
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.figure import Figure
from scipy import special, stats

from kerasbook.calculus import finite_differences
from kerasbook.concepts import losses
from kerasbook.optimizers import adam_step, sgd_step


@pytest.fixture(scope="module")
def numbers():
    return np.random.default_rng(0).normal(scale=2, size=(2, 40, 3))


@pytest.fixture(scope="module")
def classes():
    """Return one-hot labels, integer labels and logits of shape (40, 5)."""
    generator = np.random.default_rng(1)
    labels = generator.integers(5, size=40)
    return np.eye(5)[labels], labels, generator.normal(scale=4, size=(40, 5))


# Losses for numbers


def test_losses_by_hand():
    y_true, y_pred = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.5, -3.0], [1.0, 2.0]])
    assert losses.mean_squared_error(y_true, y_pred).tolist() == [9.25 / 2, 0.5]
    assert losses.mean_absolute_error(y_true, y_pred).tolist() == [1.75, 0.5]
    assert losses.huber(y_true, y_pred).tolist() == [(0.125 + 2.5) / 2, 0.25]
    assert losses.huber(y_true, y_pred, delta=2.0).tolist() == [(0.125 + 4) / 2, 0.25]


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_losses_for_numbers_are_those_of_keras(name, numbers):
    ours, theirs = (getattr(module, name)(*numbers) for module in (losses, keras.losses))
    assert ours.shape == (40,)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-6)


def test_huber_is_that_of_scipy(numbers):
    y_true, y_pred = numbers
    expected = special.huber(0.7, y_pred - y_true).mean(axis=-1)
    np.testing.assert_allclose(losses.huber(y_true, y_pred, delta=0.7), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_shapes_that_numpy_would_broadcast_are_refused(name):
    with pytest.raises(ValueError, match="same shape") as caught:
        getattr(losses, name)(np.zeros(4), np.zeros((4, 1)))
    assert str(caught.value) == (
        "Expected y_true and y_pred of the same shape. Received: "
        "y_true.shape=(4,), y_pred.shape=(4, 1)"
    )


@pytest.mark.parametrize(
    ("name", "noise"), [("mean_squared_error", stats.norm), ("mean_absolute_error", stats.laplace)]
)
def test_losses_are_negative_log_likelihoods(name, noise, numbers):
    y_true, y_pred = numbers
    loss = getattr(losses, name)(y_true, y_pred)
    scale = math.sqrt(0.5) if noise is stats.norm else 1.0
    surprise = -noise.logpdf(y_pred - y_true, scale=scale).mean(axis=-1)
    shift = surprise - loss
    assert np.ptp(shift) < 1e-12, "they differ by a constant only"


def test_the_mean_the_median_and_a_quantile_are_best():
    values = np.random.default_rng(2).exponential(3, size=201)
    candidates = np.arange(0, 12, 0.005)
    mean = losses.best_constant(losses.mean_squared_error, values, candidates)
    median = losses.best_constant(losses.mean_absolute_error, values, candidates)
    assert mean == pytest.approx(values.mean(), abs=0.003)
    assert median == pytest.approx(np.median(values), abs=0.003)
    between = losses.best_constant(losses.huber, values, candidates)
    assert median < between < mean
    high = losses.best_constant(
        lambda y, c: np.mean(np.maximum(0.9 * (y - c), 0.1 * (c - y))), values, candidates
    )
    assert high == pytest.approx(np.quantile(values, 0.9), abs=0.1)


def test_a_constant_between_whole_numbers_is_found_among_them():
    """The mean of 20, 21, 22, 95 is 39.5, whether they come as integers or in a list."""
    candidates = np.arange(20, 60, 0.5)
    for values in (np.array([20, 21, 22, 95]), [20, 21, 22, 95]):
        best = losses.best_constant(losses.mean_squared_error, values, candidates)
        assert best == 39.5


# Cross-entropy


def test_log_softmax_is_that_of_scipy_even_for_huge_logits(classes):
    *_, logits = classes
    for scale in (1, 1e4):
        expected = special.log_softmax(scale * logits, axis=-1)
        np.testing.assert_allclose(losses.log_softmax(scale * logits), expected, rtol=1e-12)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("kind", ["binary", "categorical", "sparse_categorical"])
def test_cross_entropies_are_those_of_keras(kind, from_logits, classes):
    one_hot, labels, logits = classes
    target = labels if kind.startswith("sparse") else one_hot
    output = logits if from_logits else special.softmax(logits, axis=-1)
    ours, theirs = (
        getattr(module, f"{kind}_crossentropy")(target, output, from_logits=from_logits)
        for module in (losses, keras.losses)
    )
    assert ours.shape == (40,)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-6)


def test_cross_entropy_by_hand():
    y_true, y_pred = np.array([[1.0, 0.0]]), np.array([[0.25, 0.5]])
    assert losses.binary_crossentropy(y_true, y_pred) == pytest.approx(1.5 * math.log(2))
    assert losses.categorical_crossentropy(y_true, y_pred) == pytest.approx(2 * math.log(2))


def test_a_probability_of_zero_costs_as_much_as_in_keras():
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    ours = losses.binary_crossentropy(one, zero).item()
    assert ours == pytest.approx(-math.log(1e-7))
    assert keras.losses.binary_crossentropy(one, zero).numpy().item() == pytest.approx(ours)
    far = losses.binary_crossentropy(one, np.array([[-2000.0]]), from_logits=True)
    assert far.item() == 2000


@pytest.mark.parametrize("from_logits", [False, True])
def test_labels_may_come_in_lists(from_logits):
    output = [[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]
    if from_logits:
        output = np.log(output).tolist()
    found = losses.sparse_categorical_crossentropy([0, 2], output, from_logits=from_logits)
    np.testing.assert_allclose(found, [math.log(4)] * 2, rtol=1e-12)


@pytest.mark.parametrize("bad", [-1, 3])
def test_labels_out_of_range_are_echoed(bad):
    with pytest.raises(ValueError, match="labels") as caught:
        losses.sparse_categorical_crossentropy(np.array([1, bad]), np.zeros((2, 3)))
    low, high = sorted([1, bad])
    assert str(caught.value) == f"Expected labels from 0 to 2. Received: {low} to {high}"


def test_the_gradient_is_p_minus_y(classes):
    one_hot, _, logits = (array.copy() for array in classes)
    for loss, probability, scale in (
        (losses.categorical_crossentropy, special.softmax(logits, axis=-1), 1),
        (losses.binary_crossentropy, special.expit(logits), 5),  # means over five outputs
    ):
        estimate = finite_differences(
            lambda loss=loss: loss(one_hot, logits, from_logits=True).sum(), logits
        )
        np.testing.assert_allclose(scale * estimate, probability - one_hot, atol=1e-8)


def test_squared_error_takes_longer_by_the_slope_it_loses():
    steps = losses.steps_until_right(lambda z: -0.5, start=-2.0, learning_rate=1.0)
    assert steps == 5  # -2, -1.5, -1, -0.5, 0, 0.5
    sigmoid = special.expit
    fast = losses.steps_until_right(lambda z: sigmoid(z) - 1, start=-8.0, learning_rate=1.0)
    slow = losses.steps_until_right(
        lambda z: 2 * (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)),
        start=-8.0,
        learning_rate=1.0,
    )
    assert 8 <= fast <= 12
    # dz/dt = 2 exp(z) for negative z: about exp(8) / 2 steps
    assert slow == pytest.approx(math.exp(8) / 2, rel=0.05)


# Backpropagation


@pytest.mark.parametrize("numbers", [(2.0, -1.0, 3.0, 1.0), (-0.5, 0.25, 4.0, -3.0)])
def test_the_graph_by_hand_has_the_slopes_of_tensorflow(numbers):
    values, slopes = losses.graph_by_hand(*numbers)
    w, b, x, y = (tf.Variable(number, dtype="float64") for number in numbers)
    with tf.GradientTape() as tape:
        u = w * x
        z = u + b
        r = z - y
        loss = r**2
    nodes = {"w": w, "b": b, "u": u, "z": z, "r": r, "L": loss}
    expected = dict(zip(nodes, tape.gradient(loss, [*nodes.values()]), strict=True))
    assert values == pytest.approx({name: node.numpy() for name, node in nodes.items()})
    assert slopes == pytest.approx({name: slope.numpy() for name, slope in expected.items()})


# Optimizers

GRADIENTS = [2.0, 1.0, -0.5, 0.0, 3.0]


def test_sgd_by_hand():
    plain = losses.take_steps(sgd_step, 1.0, [2.0, 1.0], learning_rate=0.1)
    assert plain == pytest.approx([0.8, 0.7])
    heavy = losses.take_steps(sgd_step, 1.0, [2.0, 1.0], learning_rate=0.1, momentum=0.5)
    assert heavy == pytest.approx([0.8, 0.6])


@pytest.mark.parametrize("gradient", [1e-3, -2.0, 50.0])
def test_the_first_step_of_adam_has_the_size_of_the_learning_rate(gradient):
    [value] = losses.take_steps(adam_step, 0.0, [gradient], learning_rate=0.1, epsilon=0.0)
    assert value == pytest.approx(-0.1 * np.sign(gradient))


@pytest.mark.parametrize(
    ("step", "settings", "optimizer"),
    [
        (sgd_step, {}, keras.optimizers.SGD),
        (sgd_step, {"momentum": 0.9}, keras.optimizers.SGD),
        (adam_step, {}, keras.optimizers.Adam),
        (adam_step, {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 0.1}, keras.optimizers.Adam),
    ],
    ids=["sgd", "momentum", "adam", "adam with a large epsilon"],
)
def test_steps_are_those_of_keras(step, settings, optimizer):
    ours = losses.take_steps(step, 1.0, GRADIENTS, learning_rate=0.1, **settings)
    theirs = losses.keras_steps(optimizer(0.1, **settings), 1.0, GRADIENTS)
    assert len(set(ours)) >= 4, "the variable moves"
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5)


def test_an_optimizer_needs_no_backpropagation():
    assert losses.keras_steps(keras.optimizers.SGD(0.1), 1.0, [2.0]) == pytest.approx([0.8])
    assert not hasattr(keras.ops, "grad")


# Pairings of outputs and losses, on each backend

EXPECTED = {
    # (activation, from_logits): (trains, warned), and what a label out of range does
    "tensorflow": {("softmax", True): (True, True), "label_3": "InvalidArgumentError"},
    "jax": {("softmax", True): (False, False), "label_3": 0.0},
    "torch": {("softmax", True): (False, False), "label_3": "IndexError"},
}


@pytest.mark.parametrize("backend", EXPECTED)
def test_wrong_pairings_are_silent_where_the_page_says_so(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} has to be installed")
    report = losses.run_on(backend, losses.try_pairings)
    rows = {(row[0], row[1]): row[2:] for row in report["rows"]}
    right = rows["softmax", False]
    assert right[0] < 0.1
    assert rows["linear", True][0] == pytest.approx(right[0], abs=1e-3)
    assert rows["linear", False][0] > 2 * right[0], "logits clipped as probabilities"
    assert not rows["linear", False][2], "nothing warns"
    trains, warned = EXPECTED[backend]["softmax", True]
    assert rows["softmax", True][2] == warned
    if trains:
        assert rows["softmax", True][0] == pytest.approx(right[0], abs=1e-3)
    else:
        assert rows["softmax", True][0] > math.log(1 + 2 / math.e)
    assert report["label_3"] == EXPECTED[backend]["label_3"]


def test_a_failure_on_another_backend_shows_its_error():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        losses.run_on("jax", fail)


def fail():
    return 1 / 0


def test_what_comes_back_from_another_process_is_what_was_returned():
    assert losses.run_on("jax", answer) == json.loads('["jax", [1, 2.5]]')


def answer():
    return keras.config.backend(), [1, 2.5]


# Figures


def test_curves_have_names_and_different_lines():
    axis = Figure().subplots()
    x = np.linspace(0, 1, 5)
    losses.plot_curves(axis, x, {"a": x, "b": x**2}, xlabel="input", ylabel="output")
    assert [line.get_label() for line in axis.lines] == ["a", "b"]
    assert len({line.get_linestyle() for line in axis.lines}) == 2
    np.testing.assert_array_equal(axis.lines[1].get_ydata(), x**2)
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("input", "output")


def test_constants_are_drawn_over_all_values():
    axis = Figure().subplots()
    losses.plot_constants(axis, np.array([1.5, 2.5, 2.7, 9.0]), {"mean": 3.9, "median": 2.6})
    assert sum(bar.get_height() for bar in axis.patches) == 4
    assert [line.get_xdata()[0] for line in axis.lines] == [3.9, 2.6]
    assert len({line.get_linestyle() for line in axis.lines}) == 2


def test_the_graph_shows_every_value_and_slope():
    axis = Figure().subplots()
    values, slopes = losses.graph_by_hand(2.0, -1.0, 3.0, 1.0)
    losses.plot_graph(axis, values, slopes)
    written = [text.get_text() for text in axis.texts]
    for name in "uzr":
        assert f"{values[name]:g}" in written
    for slope in ("slope 24", "slope 8", "slope 1"):
        assert slope in written
    assert len([text for text in axis.texts if getattr(text, "arrow_patch", None)]) == 5
