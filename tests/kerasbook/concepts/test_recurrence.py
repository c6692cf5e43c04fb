"""Recurrence in NumPy, and a task that needs memory."""

import math

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.concepts import recurrence


def test_a_plain_layer_agrees_with_keras():
    keras.utils.set_random_seed(0)
    layer = keras.layers.SimpleRNN(5, return_sequences=True, bias_initializer="random_normal")
    x = np.random.default_rng(0).normal(size=(3, 11, 2))
    expected = np.asarray(layer(x.astype("float32")))
    found = recurrence.simple_rnn(x, *layer.get_weights())
    assert found.shape == (3, 11, 5)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_memory_and_slope_of_one_step_by_hand():
    memory, slope = recurrence.state_and_gradient(0.5, start=0.76, steps=1)
    expected = math.tanh(0.38)
    assert memory == pytest.approx(expected)
    assert slope == pytest.approx(0.5 * (1 - expected**2))


def test_slope_agrees_with_a_finite_difference():
    def after(start, u, steps):
        for _ in range(steps):
            start = math.tanh(u * start)
        return start

    for u in (0.5, 1.0, 2.0):
        memory, slope = recurrence.state_and_gradient(u, start=0.76, steps=4)
        nudge = 1e-5
        assert memory == pytest.approx(after(0.76, u, 4))
        ends = after(0.76 + nudge, u, 4), after(0.76 - nudge, u, 4)
        assert slope == pytest.approx((ends[0] - ends[1]) / (2 * nudge), rel=1e-4)


def logit(p):
    return math.log(p / (1 - p))


def test_one_step_by_hand():
    """With weights of zero the bias sets the gates: i=1/4, f=1/2, o=3/4, candidate tanh(1)."""
    bias = np.array([logit(0.25), logit(0.5), 1.0, logit(0.75)])
    zero = np.zeros((1, 4))
    x, h, c = np.array([[5.0]]), np.array([[7.0]]), np.array([[2.0]])
    h, c = recurrence.lstm_step(x, h, c, zero, zero, bias)
    expected = 0.5 * 2 + 0.25 * math.tanh(1)
    np.testing.assert_allclose(c, [[expected]])
    np.testing.assert_allclose(h, [[0.75 * math.tanh(expected)]])


def test_keras_agrees_on_outputs_and_final_cell_state():
    keras.utils.set_random_seed(0)
    layer = keras.layers.LSTM(
        5, return_sequences=True, return_state=True, bias_initializer="random_normal"
    )
    x = np.random.default_rng(0).normal(size=(3, 11, 2))
    outputs, _, last_cell = (np.asarray(part) for part in layer(x.astype("float32")))
    ours, cells = recurrence.lstm(x, *layer.get_weights())
    assert ours.shape == cells.shape == (3, 11, 5)
    np.testing.assert_allclose(ours, outputs, atol=1e-5)
    np.testing.assert_allclose(cells[:, -1], last_cell, atol=1e-5)


def test_keras_starts_with_forget_gates_biased_to_remember():
    layer = keras.layers.LSTM(3)
    layer.build((None, None, 2))
    assert layer.get_weights()[2].reshape(4, 3).tolist() == [[0] * 3, [1] * 3, [0] * 3, [0] * 3]


def test_the_number_at_the_last_signal_is_the_target():
    inputs, targets = recurrence.latch_task_data(40, 30, rate=0.2, seed=0)
    assert inputs.shape == (40, 30, 2)
    assert targets.shape == (40, 30, 1)
    for row, answers in zip(inputs, targets[..., 0], strict=True):
        assert row[0, 1] == 1, "the first number is stored"
        noted = None
        for (number, signal), answer in zip(row, answers, strict=True):
            noted = number if signal else noted
            assert answer == noted
    assert 0.15 < inputs[:, 1:, 1].mean() < 0.25
    assert inputs[..., 0].min() < -0.9
    assert inputs[..., 0].max() > 0.9
    again, _ = recurrence.latch_task_data(40, 30, rate=0.2, seed=0)
    other, _ = recurrence.latch_task_data(40, 30, rate=0.2, seed=1)
    assert np.array_equal(inputs, again)
    assert not np.array_equal(inputs, other)
    alone, _ = recurrence.latch_task_data(5, 30, rate=0, seed=0)
    assert (alone[..., 1].sum(axis=1) == 1).all()


def test_the_clerk_with_an_lstm_learns_to_hold():
    keras.utils.set_random_seed(0)
    network = recurrence.build_sequence_regressor(keras.layers.LSTM(8, return_sequences=True))
    assert network.count_params() == 4 * (8 * (2 + 8) + 8) + 9
    network.compile(keras.optimizers.Adam(0.01), "mse")
    inputs, targets = recurrence.latch_task_data(1000, 30, rate=0.1, seed=0)
    network.fit(inputs, targets, epochs=10, batch_size=25, verbose=0)
    new, truth = recurrence.latch_task_data(200, 30, rate=0.1, seed=1)
    errors = np.abs(network.predict_on_batch(new) - truth)
    assert errors.mean() < 0.1, "always 0 would be wrong by one half"


def test_three_curves_are_told_apart():
    axis = Figure().subplots()
    curves = {"a": [1, 2], "b": [3, 4], "c": [5, 6]}
    recurrence.plot_by_step(axis, curves, ylabel="error")
    assert [list(line.get_ydata()) for line in axis.lines] == list(curves.values())
    assert len({line.get_linestyle() for line in axis.lines}) == 3
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["a", "b", "c"]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("step", "error")
