"""Losses and mismatches: against Keras, SciPy and by hand."""

import importlib.util
import math

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import special, stats
from sklearn.datasets import load_iris

from kerasbook.calculus import cross_entropy, numerical_gradient, softmax
from kerasbook.concepts import losses
from kerasbook.concepts.losses import iris_losses
from kerasbook.grading import grade
from kerasbook.isolation import call_on_backend

TRIPS = [18, 20, 21, 22, 69]
GUESSES = np.arange(10, 75, 0.25)


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


@pytest.mark.parametrize(("guess", "squared", "absolute"), [(21, 463, 10.6), (30, 382, 15.6)])
def test_the_table_of_two_guesses(guess, squared, absolute):
    assert losses.mean_squared_error(TRIPS, np.full(5, guess)) == squared
    assert losses.mean_absolute_error(TRIPS, np.full(5, guess)) == pytest.approx(absolute)


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_losses_for_numbers_are_those_of_keras(name, numbers):
    ours, theirs = (getattr(module, name)(*numbers) for module in (losses, keras.losses))
    assert ours.shape == (40,)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-6)


def test_huber_is_that_of_scipy_and_pulls_with_the_clipped_residual(numbers):
    y_true, y_pred = numbers
    expected = special.huber(0.7, y_pred - y_true).mean(axis=-1)
    np.testing.assert_allclose(losses.huber(y_true, y_pred, delta=0.7), expected, rtol=1e-12)
    guess = y_pred.copy()
    pull = numerical_gradient(lambda: 3 * losses.huber(y_true, guess, delta=0.7).sum(), guess)
    np.testing.assert_allclose(pull, np.clip(y_pred - y_true, -0.7, 0.7), atol=1e-4)


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (losses.mean_squared_error, 30),  # the mean: 150 / 5
        (losses.mean_absolute_error, 21),  # the median
        (losses.huber, 21),
        (lambda y, c: losses.huber(y, c, delta=5), 21.5),  # 4 c - 81 = 5
        (lambda y, c: losses.huber(y, c, delta=20), 25.25),  # 4 c - 81 = 20
        (lambda y, c: np.mean(np.maximum(3 * (y - c), c - y)), 22),  # the 75% quantile
        (lambda y, c: np.mean(np.maximum(9 * (y - c), c - y)), 69),  # the 90% quantile
    ],
)
def test_each_loss_has_its_best_guess_for_the_five_trips(loss, best):
    for values in (TRIPS, np.array(TRIPS)):
        assert losses.best_constant_prediction(loss, values, GUESSES) == best


def test_the_grader_tells_late_from_early():
    cases = [((30, 22), 24), ((22, 30), 8), ((np.array(TRIPS), 22), 29.6)]
    assert grade(losses.cost_of_being_late, cases) == "Right in all 3 cases."
    assert grade(losses.cost_of_being_early, cases) == (
        "Wrong for (30, 22): expected 24, received 8.0."
    )
    assert losses.best_constant_prediction(losses.cost_of_being_late, TRIPS, GUESSES) == 22


def test_a_constant_between_whole_numbers_is_found_among_them():
    candidates = np.arange(20, 60, 0.5)
    best = losses.best_constant_prediction(losses.mean_squared_error, [20, 21, 22, 95], candidates)
    assert best == 39.5


def test_cross_entropy_fits_the_share_and_absolute_error_does_not():
    rain, guesses = np.array([0, 1, 0, 0, 1]), np.arange(0.01, 1, 0.01)

    def surprise(y, p):
        return cross_entropy([y, 1 - y], [p, 1 - p]).mean()

    assert losses.best_constant_prediction(surprise, rain, guesses) == pytest.approx(2 / 5)
    assert losses.best_constant_prediction(losses.mean_absolute_error, rain, guesses) == 0.01


@pytest.mark.parametrize(
    ("name", "noise", "scale"),
    [
        ("mean_squared_error", stats.norm, math.sqrt(0.5)),
        ("mean_absolute_error", stats.laplace, 1.0),
    ],
)
def test_losses_are_surprises_of_noise(name, noise, scale, numbers):
    y_true, y_pred = numbers
    loss = getattr(losses, name)(y_true, y_pred)
    surprise = -noise.logpdf(y_pred - y_true, scale=scale).mean(axis=-1)
    assert np.ptp(surprise - loss) < 1e-12, "they differ by a constant only"


# Probabilities and cross-entropy


def test_log_softmax_is_that_of_scipy_even_for_huge_logits(classes):
    *_, logits = classes
    for scale in (1, 1e4):
        expected = special.log_softmax(scale * logits, axis=-1)
        np.testing.assert_allclose(losses.log_softmax(scale * logits), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["categorical", "sparse_categorical"])
def test_cross_entropies_are_those_of_keras(kind, classes):
    one_hot, labels, logits = classes
    target = labels if kind.startswith("sparse") else one_hot
    ours = getattr(losses, f"{kind}_crossentropy")(target, logits)
    theirs = getattr(keras.losses, f"{kind}_crossentropy")(target, logits, from_logits=True)
    assert ours.shape == (40,)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5)
    probabilities = cross_entropy(one_hot, softmax(logits))
    np.testing.assert_allclose(probabilities, ours, rtol=1e-9)


def test_binary_cross_entropy_is_that_of_keras_and_of_softmax_beside_zero(classes):
    one_hot, _, logits = classes
    ours = losses.binary_crossentropy(one_hot, logits)
    theirs = keras.losses.binary_crossentropy(one_hot, logits, from_logits=True)
    np.testing.assert_allclose(theirs, ours.mean(axis=-1), rtol=0, atol=1e-5)
    pairs = np.stack([np.zeros_like(logits), logits], axis=-1)
    both = np.stack([1 - one_hot, one_hot], axis=-1)
    np.testing.assert_allclose(losses.categorical_crossentropy(both, pairs), ours, atol=1e-12)


def test_labels_and_logits_may_come_in_lists():
    logits = np.log([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]).tolist()
    found = losses.sparse_categorical_crossentropy([0, 2], logits)
    np.testing.assert_allclose(found, [math.log(4)] * 2, rtol=1e-12)


def test_a_probability_of_zero_costs_what_the_page_says():
    one, zero = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    clipped = keras.losses.categorical_crossentropy(one, zero).numpy().item()
    assert clipped == pytest.approx(-math.log(1e-7))
    assert losses.binary_crossentropy(1, -2000.0) == 2000


def test_the_gradient_is_p_minus_y(classes):
    one_hot, _, logits = (array.copy() for array in classes)
    for loss, probability in (
        (losses.categorical_crossentropy, softmax(logits)),
        (losses.binary_crossentropy, special.expit(logits)),
    ):
        estimate = numerical_gradient(lambda loss=loss: loss(one_hot, logits).sum(), logits)
        np.testing.assert_allclose(estimate, probability - one_hot, atol=1e-8)


# Pairings of outputs and losses, on each backend

# What a label out of range costs; whether softmax twice goes unnoticed.
BACKENDS = {
    "tensorflow": ("InvalidArgumentError", False),
    "jax": (0.0, True),
    "torch": ("IndexError", True),
}


def loss_of_label_3():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    try:
        return float(loss(np.array([3]), np.zeros((1, 3))))
    except Exception as error:
        return type(error).__name__


@pytest.mark.sampled("jax")
@pytest.mark.parametrize("backend", BACKENDS)
def test_mismatches_are_silent_where_the_page_says_so(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} has to be installed")
    cost, silent = BACKENDS[backend]
    x, y = load_iris(return_X_y=True)
    cost_of_label_3, curves = call_on_backend(
        backend,
        [loss_of_label_3, losses.build_iris_model, iris_losses],
        f"[loss_of_label_3(), iris_losses(np.array({x[:, 2:].tolist()}), np.array({y.tolist()}))]",
        header="import keras\nimport numpy as np",
        quick=True,
    )
    assert cost_of_label_3 == cost
    right = curves["softmax, from_logits=False"]
    assert right[0] == pytest.approx(math.log(3), abs=1e-5), "it starts with equal shares"
    assert right[-1] < 0.3
    np.testing.assert_allclose(curves["linear, from_logits=True"], right, atol=1e-5)
    assert curves["linear, from_logits=False"][-1] > 2 * right[-1]
    twice = curves["softmax, from_logits=True"][-1]
    assert (twice > math.log(1 + 2 / math.e)) == silent
    if not silent:
        assert twice == pytest.approx(right[-1], abs=1e-3)


# Figures


def test_the_least_loss_is_marked():
    axis = Figure().subplots()
    losses.plot_best(axis, TRIPS, GUESSES, losses.mean_squared_error, title="squared")
    curve, least, ticks = axis.lines
    assert least.get_xdata()[0] == 30
    assert least.get_label() == "minimum at 30"
    assert curve.get_ydata().min() == 382
    assert list(ticks.get_xdata()) == TRIPS


def test_pairings_are_drawn_by_backend_with_different_lines():
    names = [
        f"{activation}, from_logits={told}"
        for activation in ("softmax", "linear")
        for told in (False, True)
    ]
    curves = {name: [float(number), 0.0] for number, name in enumerate(names)}
    axes = Figure().subplots(1, 2)
    losses.plot_pairings(axes, {"jax": curves, "torch": curves})
    assert [axis.get_title() for axis in axes] == ["jax", "torch"]
    assert [axis.get_yscale() for axis in axes] == ["log", "log"]
    drawn = {line.get_label(): line.get_ydata()[0] for line in axes[1].lines}
    assert drawn == {"softmax once": 0, "softmax twice": 1, "no softmax": 2}
    assert len({line.get_linestyle() for line in axes[1].lines}) == 3
