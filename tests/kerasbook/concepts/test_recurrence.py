"""The LSTM in NumPy, and the parity task."""

import itertools
import math

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.concepts import recurrence


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


def test_parity_is_counted_from_the_start():
    bits, parity = recurrence.parity_sequences(50, 9, seed=0)
    assert bits.shape == parity.shape == (50, 9, 1)
    assert bits.dtype == np.float32
    for sequence, labels in zip(bits[:, :, 0], parity[:, :, 0], strict=True):
        odd = 0
        for bit, label in zip(sequence, labels, strict=True):
            odd ^= int(bit)
            assert label == odd
    assert set(np.unique(bits)) == {0, 1}
    again, _ = recurrence.parity_sequences(50, 9, seed=0)
    other, _ = recurrence.parity_sequences(50, 9, seed=1)
    assert np.array_equal(bits, again)
    assert not np.array_equal(bits, other)


def test_a_window_short_by_one_bit_is_worth_nothing():
    every = np.array(list(itertools.product((0, 1), repeat=6)))
    odd = every.sum(axis=1) % 2
    accuracies = [recurrence.best_window_accuracy(every, odd, window=w) for w in range(1, 7)]
    assert accuracies == [0.5] * 5 + [1.0]


def test_a_window_helps_where_the_last_symbols_decide():
    every = np.array(list(itertools.product((0, 1, 2), repeat=3)))
    last, two = every[:, -1], (every[:, -2:] == 2).all(axis=1).astype(int)
    assert recurrence.best_window_accuracy(every, last, window=1) == 1
    # "the last two are both 2": seeing a 2, say no, and be wrong once in three
    assert recurrence.best_window_accuracy(every, two, window=1) == pytest.approx(8 / 9)
    assert recurrence.best_window_accuracy(every, two, window=2) == 1


@pytest.mark.parametrize("window", [0, 4])
def test_an_impossible_window_is_named(window):
    with pytest.raises(ValueError, match=f"from 1 to 3. Received: window={window}"):
        recurrence.best_window_accuracy(np.zeros((2, 3), int), np.zeros(2, int), window=window)


def test_the_network_learns_parity_and_keeps_it_beyond_its_training_length():
    keras.utils.set_random_seed(0)
    network = recurrence.build_parity_network()
    assert network.count_params() == 4 * (8 * (1 + 8) + 8) + 9
    network.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    bits, parity = recurrence.parity_sequences(1000, 12, seed=0)
    network.fit(bits, parity, epochs=16, batch_size=25, verbose=0)
    longer, truth = recurrence.parity_sequences(100, 50, seed=1)
    answers = network.predict_on_batch(longer) > 0.5
    # No model that misses a bit is right more than half of the time.
    assert (answers == truth)[:, 12:].mean() > 0.95


def test_memory_is_drawn_step_by_step():
    axes = Figure().subplots(3, 1)
    recurrence.plot_cell_state(
        axes, np.array([1, 0, 1]), np.array([1, 1, 0]), np.array([0.9, 0.8, 0])
    )
    assert axes[1].lines[0].get_xydata().tolist() == [[1, 1], [2, 1], [3, 0]]
    assert axes[2].lines[0].get_xydata().tolist() == [[1, 0.9], [2, 0.8], [3, 0]]
    assert [axis.get_ylabel() for axis in axes] == ["bit", "parity", "cell state"]
