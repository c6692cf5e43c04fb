"""An LSTM in NumPy, and a task that needs memory (§2.2.1)."""

import keras
import numpy as np

from kerasbook.calculus import sigmoid


def lstm_step(x, h, c, kernel, recurrent_kernel, bias):
    """Take one step of an LSTM, with Keras's order of the gates: i, f, c, o.

    Args:
        x: input of this step, shape `(n, features)`.
        h: last output, shape `(n, units)`.
        c: last cell state, shape `(n, units)`.
        kernel: shape `(features, 4 * units)`.
        recurrent_kernel: shape `(units, 4 * units)`.
        bias: shape `(4 * units,)`.

    Returns:
        `(h, c)`: the new output and cell state.

    Source: Hochreiter and Schmidhuber (1997); forget gate f: Gers et al.
    (2000).
    """
    z = x @ kernel + h @ recurrent_kernel + bias  # (n, 4 * units)
    z_i, z_f, z_c, z_o = np.split(z, 4, axis=-1)
    c = sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_c)
    h = sigmoid(z_o) * np.tanh(c)
    return h, c


def lstm(inputs, kernel, recurrent_kernel, bias):
    """Run an LSTM over sequences, from a state of zeros.

    Args:
        inputs: array of shape `(n, time, features)`.
        kernel: shape `(features, 4 * units)`, as in `lstm_step`.
        recurrent_kernel: shape `(units, 4 * units)`.
        bias: shape `(4 * units,)`. All three come in this order from
            `keras.layers.LSTM.get_weights()`.

    Returns:
        `(outputs, cells)`, both of shape `(n, time, units)`.
    """
    h = c = np.zeros((len(inputs), len(recurrent_kernel)))
    outputs, cells = [], []
    for t in range(inputs.shape[1]):
        h, c = lstm_step(inputs[:, t], h, c, kernel, recurrent_kernel, bias)
        outputs.append(h)
        cells.append(c)
    return np.stack(outputs, axis=1), np.stack(cells, axis=1)


def parity_sequences(count, length, *, seed):
    """Draw random bits, and say at each step if the ones so far are odd.

    Returns:
        `(bits, parity)`: float32 bits and integer labels, 1 for odd, both of
        shape `(count, length, 1)`.
    """
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 2, (count, length, 1))
    return bits.astype("float32"), bits.cumsum(axis=1) % 2


def best_window_accuracy(sequences, labels, *, window):
    """Compute the best accuracy of any model that sees `window` symbols.

    Such a model is a table from windows to answers, and the best table
    gives each window its most frequent label.

    Args:
        sequences: integers of shape `(n, time)`, each sequence equally
            likely.
        labels: integers of shape `(n,)`, to be told at the last step.
        window: how many of the last symbols the model sees.

    Returns:
        float, at least the share of the most frequent label.
    """
    if not 1 <= window <= sequences.shape[1]:
        raise ValueError(
            f"Expected `window` from 1 to {sequences.shape[1]}. "
            f"Received: window={window}"
        )
    seen, place = np.unique(sequences[:, -window:], axis=0, return_inverse=True)
    counts = np.zeros((len(seen), labels.max() + 1), dtype=int)
    np.add.at(counts, (place.reshape(-1), labels), 1)
    return counts.max(axis=1).sum() / len(labels)


def build_parity_network():
    """Build an LSTM that answers after every bit, for any length.

    Input: bits of shape `(batch, time, 1)`. Output: probability that the
    ones so far are odd, same shape.
    """
    return keras.Sequential(
        [
            keras.Input((None, 1)),
            keras.layers.LSTM(8, return_sequences=True),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def plot_cell_state(axes, bits, parity, memory):
    """Draw bits, parity and one number of the memory, each `(time,)`."""
    time = np.arange(1, len(bits) + 1)
    axes[0].stem(time, bits, basefmt=" ")
    axes[1].step(time, parity, where="mid", color="black")
    axes[2].plot(time, memory, "o-", color="#D55E00")
    names = ("bit", "parity", "cell state")
    for axis, name in zip(axes, names, strict=True):
        axis.set_ylabel(name)
    axes[0].set_yticks([0, 1])
    axes[1].set_yticks([0, 1], ["even", "odd"])
    axes[2].set_xlabel("step")
