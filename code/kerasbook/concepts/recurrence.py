"""Recurrence in NumPy, and a task that needs memory (§2.2.1)."""

import keras
import numpy as np

from kerasbook.calculus import sigmoid


def simple_rnn(inputs, kernel, recurrent_kernel, bias):
    """Simple (Elman) RNN: all hidden states, `(n, time, units)`."""
    h, outputs = np.zeros((len(inputs), len(bias))), []
    for t in range(inputs.shape[1]):
        h = np.tanh(inputs[:, t] @ kernel + h @ recurrent_kernel + bias)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def state_and_gradient(u, *, start, steps):
    """Hidden state after some steps, and its derivative in the start."""
    h, derivative = start, 1.0
    for _ in range(steps):
        h = np.tanh(u * h)  # ①
        derivative *= u * (1 - h**2)  # ②
    return h, derivative


def lstm_step(x, h, c, kernel, recurrent_kernel, bias):
    """Take one step; x (n, features), h and c (n, units)."""
    z = x @ kernel + h @ recurrent_kernel + bias  # ①
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # ②
    c = sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_g)
    h = sigmoid(z_o) * np.tanh(c)
    return h, c


def lstm(inputs, kernel, recurrent_kernel, bias):
    """Run over (n, time, features); return all h and c (n, time, units)."""
    h = c = np.zeros((len(inputs), len(recurrent_kernel)))
    outputs, cells = [], []
    for t in range(inputs.shape[1]):
        h, c = lstm_step(inputs[:, t], h, c, kernel, recurrent_kernel, bias)
        outputs.append(h)
        cells.append(c)
    return np.stack(outputs, axis=1), np.stack(cells, axis=1)


def latch_task_data(count, length, *, rate, seed):
    """Inputs `(count, length, 2)` and targets `(count, length, 1)`."""
    generator = np.random.default_rng(seed)
    numbers = generator.uniform(-1, 1, (count, length))
    signals = generator.random((count, length)) < rate
    signals[:, 0] = True  # store the first number
    last = np.maximum.accumulate(signals * np.arange(length), axis=1)
    targets = np.take_along_axis(numbers, last, axis=1)[..., None]
    return np.stack([numbers, signals], axis=-1), targets


def build_sequence_regressor(layer):
    """A recurrent layer and a dense layer: one number per time step."""
    return keras.Sequential(
        [keras.Input((None, 2)), layer, keras.layers.Dense(1)]
    )


def plot_by_step(axis, curves, *, ylabel):
    """Draw three curves by name, a point a step."""
    styles = ("-", ":", "--")
    for (name, values), style in zip(curves.items(), styles, strict=True):
        axis.plot(values, style, label=name)
    axis.set_xlabel("step")
    axis.set_ylabel(ylabel)
    axis.legend(fontsize=8)
