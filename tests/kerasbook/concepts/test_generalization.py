"""Generalization: the café, bias and variance, decay and dropout by hand, equal updates."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.classifier import build_classifier
from kerasbook.concepts import generalization as page

# The café


def test_days_follow_the_signal_but_for_their_noise():
    temperature, sold = page.sample_days(20_000, np.random.default_rng(0))
    assert 15 <= temperature.min() < temperature.max() <= 35
    slope, intercept = np.polyfit(temperature, sold, 1)
    assert slope == pytest.approx(10, abs=0.2)
    assert intercept == pytest.approx(-100, abs=4)
    noise = sold - (10 * temperature - 100)
    assert noise.std() == pytest.approx(30, rel=0.03)
    assert abs(np.corrcoef(noise, temperature)[0, 1]) < 0.03


@pytest.mark.parametrize("seed", range(20))
def test_interpolation_fits_the_eight_days_and_not_the_others(seed):
    generator = np.random.default_rng(seed)
    days, later = page.sample_days(8, generator), page.sample_days(1000, generator)
    misses = []
    for degree in (1, 7):
        curve = np.polynomial.Polynomial.fit(*days, degree)
        misses.append([np.abs(curve(t) - sold).mean() for t, sold in (days, later)])
    line, interpolated = misses
    assert interpolated[0] < 1e-6 < line[0]
    assert interpolated[1] > 1.1 * line[1]


def test_curves_are_drawn_through_the_days_at_hand():
    days = np.array([16.0, 20.0, 30.0]), np.array([60.0, 100.0, 200.0])
    axes = list(Figure().subplots(1, 2))
    page.plot_fits(axes, (1, 2), days, (np.array([18.0]), np.array([90.0])))
    for axis in axes:
        later, curve, eight = axis.lines
        assert later.get_xydata().tolist() == [[18, 90]]
        np.testing.assert_allclose(curve.get_ydata(), 10 * curve.get_xdata() - 100, atol=1e-8)
        assert eight.get_xydata().tolist() == [[16, 60], [20, 100], [30, 200]]
    assert [axis.lines[1].get_label() for axis in axes] == ["degree 1", "degree 2"]


# Bias and variance


def test_sales_peak_at_27_degrees():
    assert page.peaked_sales(27) == 250
    assert page.peaked_sales(np.array([22.0, 32.0])) == pytest.approx(2 * [250 / np.e])


def test_parts_of_the_error_by_hand():
    predictions = np.array([[1.0, 4.0], [3.0, 4.0]])
    # means 2 and 4: off by 1 and 0, so (1 + 0) / 2; variances 1 and 0
    assert page.bias_and_variance(predictions, np.array([1.0, 4.0])) == (0.5, 0.5)
    assert page.bias_and_variance(predictions, np.array([2.0, 4.0])) == (0, 0.5)


def test_parts_add_up_to_the_error_against_the_signal():
    generator = np.random.default_rng(0)
    signal, predictions = generator.normal(size=6), generator.normal(size=(40, 6))
    parts = page.bias_and_variance(predictions, signal)
    assert sum(parts) == pytest.approx(((predictions - signal) ** 2).mean())


@pytest.mark.parametrize("degree", [2, 5])
def test_variance_and_gap_of_least_squares_follow_the_formulas(degree):
    """With p coefficients and n days: p / n of the noise is fitted, and twice that is the gap."""
    temperature, generator = np.linspace(15, 35, 12), np.random.default_rng(0)
    signal, share = page.peaked_sales(temperature), (degree + 1) / 12
    predictions, sold = page.fit_cafes(degree, temperature, generator, cafes=2000)
    assert predictions.shape == sold.shape == (2000, 12)
    bias, variance = page.bias_and_variance(predictions, signal)
    exact = np.polynomial.Polynomial.fit(temperature, signal, degree)(temperature)
    assert bias == pytest.approx(((exact - signal) ** 2).mean(), rel=0.1)
    assert variance == pytest.approx(900 * share, rel=0.05)
    training = ((sold - predictions) ** 2).mean()
    assert training == pytest.approx(bias + 900 * (1 - share), rel=0.05)
    new = signal + generator.normal(0, 30, sold.shape)
    gap = ((new - predictions) ** 2).mean() - training
    assert gap == pytest.approx(2 * 900 * share, rel=0.25)


def test_as_many_coefficients_as_days_leave_no_training_error():
    temperature = np.linspace(15, 35, 4)
    predictions, sold = page.fit_cafes(3, temperature, np.random.default_rng(0), cafes=3)
    np.testing.assert_allclose(predictions, sold, atol=1e-8)


def test_twenty_fits_their_mean_and_the_signal_are_drawn():
    axis, temperature = Figure().subplots(), np.array([15.0, 25.0])
    predictions = np.arange(50.0).reshape(25, 2)
    page.plot_cafes(axis, temperature, predictions, np.array([1.0, 2.0]))
    *fits, mean, signal = axis.lines
    assert len(fits) == 20
    assert fits[3].get_ydata().tolist() == [6, 7]
    assert mean.get_ydata().tolist() == [24, 25]
    assert signal.get_ydata().tolist() == [1, 2]


def test_parts_are_drawn_by_degree():
    axis = Figure().subplots()
    page.plot_decomposition(axis, {1: (400, 20, 500, 600), 3: (40, 60, 300, 400)})
    assert [line.get_xydata().tolist() for line in axis.lines] == [
        [[1, 400], [3, 40]], [[1, 20], [3, 60]], [[1, 500], [3, 300]], [[1, 600], [3, 400]]
    ]  # fmt: skip
    assert axis.get_yscale() == "log"


# Weight decay


@pytest.mark.parametrize("gradient", [10.0, 0.1])
def test_penalty_and_decay_agree_for_sgd_and_not_for_adam(gradient):
    weight, factor, rate = 2.0, 0.5, 0.1
    sgd, adam = keras.optimizers.SGD, keras.optimizers.Adam
    by_hand = page.decayed_step(weight, gradient, rate, factor)
    found = {
        optimizer.__name__: (
            page.updated_weight(optimizer(rate), weight, gradient + factor * weight),
            page.updated_weight(optimizer(rate, weight_decay=factor), weight, gradient),
        )
        for optimizer in (sgd, adam)
    }
    assert found["SGD"] == pytest.approx((by_hand, by_hand), rel=1e-5)
    # Adam's first step has the length of the rate, whatever the gradient is
    assert found["Adam"] == pytest.approx((2 - 0.1, 2 - 0.1 * 0.5 * 2 - 0.1), rel=1e-4)
    decoupled = keras.optimizers.AdamW(rate, weight_decay=factor)
    assert page.updated_weight(decoupled, weight, gradient) == pytest.approx(
        found["Adam"][1], rel=1e-5
    )


def test_a_decayed_step_by_hand_and_the_usual_mistake():
    assert page.decayed_step(2.0, 10.0, 0.1, 0.5) == pytest.approx(2 - 0.1 * (10 + 1))
    assert page.decayed_step(1.0, 0.0, 0.01, 1.0) == pytest.approx(0.99)
    assert page.step_decayed_too_much(2.0, 10.0, 0.1, 0.5) == pytest.approx(2 - 1 - 1)


def test_the_penalty_of_keras_has_no_factor_one_half():
    penalty = keras.regularizers.L2(0.5)(np.array([1.0, 2.0], "float32"))
    assert float(penalty) == pytest.approx(0.5 * (1 + 4))


def test_the_norm_counts_all_weights():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[3.0], [4.0]]), np.array([12.0])])
    assert page.weight_norm(model) == pytest.approx(13)


# Dropout

FIVE = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


def test_dropout_by_hand():
    found = page.inverted_dropout(FIVE, [1, 0, 1, 1, 0], rate=0.4)
    assert found == pytest.approx([1 / 0.6, 0, 3 / 0.6, 4 / 0.6, 0])


@pytest.mark.parametrize("rate", [0.0, 0.4, 0.9])
def test_dropout_keeps_the_expectation(rate):
    assert page.expected_dropout(FIVE, rate) == pytest.approx(FIVE)


def test_the_layer_scales_what_it_keeps():
    layer = keras.layers.Dropout(0.25, seed=0)
    ones = np.ones((4000, 1), "float32")
    np.testing.assert_array_equal(layer(ones, training=False), ones)
    dropped = np.asarray(layer(ones, training=True))
    kept = page.inverted_dropout([1.0], [1], rate=0.25)[0]
    assert np.unique(dropped).tolist() == pytest.approx([0, kept])
    assert np.mean(dropped == 0) == pytest.approx(0.25, abs=0.03)


# Equal updates


def test_few_samples_get_as_many_updates_as_many():
    generator = np.random.default_rng(0)
    data = generator.uniform(0, 1, (100, 64)).astype("float32"), np.arange(100) % 10
    for samples, epochs in ((30, 12), (33, 6), (100, 3)):
        model = build_classifier()
        part = tuple(array[:samples] for array in data)
        history = page.train_updates(model, part, data, updates=12)
        assert model.optimizer.iterations == 12
        assert len(history["val_loss"]) == epochs


def test_callbacks_may_end_training_early():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    data = np.zeros((30, 64), "float32"), np.arange(30) % 10
    history = page.train_updates(build_classifier(), data, data, callbacks=[Stop()])
    assert len(history["loss"]) == 1
