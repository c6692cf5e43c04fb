"""Running averages: what the last values tell together."""

import numpy as np


def running_average(values, size):
    """Average the last `size` values, wherever there are as many.

    Args:
        values: array-like of shape `(n,)`.
        size: how many values an average takes, from 1 to `n`.

    Returns:
        Array of shape `(n - size + 1,)`.

    Raises:
        ValueError: `size` is out of that range.
    """
    if not 1 <= size <= len(values):
        problem = f"Expected `size` from 1 to {len(values)}."
        raise ValueError(f"{problem} Received: size={size}")
    return np.convolve(values, np.full(size, 1 / size), mode="valid")


def plot_averages(axis, values, averages):
    """Draw values as points, and each average at the last value it takes.

    Args:
        axis: Matplotlib axes.
        values: array of shape `(n,)`.
        averages: array of shape `(m,)`, with `m` of at most `n`.
    """
    axis.plot(values, ".", label="values")
    first = len(values) - len(averages)
    axis.plot(range(first, len(values)), averages, label="running average")
    axis.set(xlabel="step", ylabel="value")
    axis.legend()
