"""What order does to a sum: floating-point addition."""

import numpy as np


def sequential_sum(numbers, dtype):
    """Sum from left to right, rounded to `dtype` after each addition."""
    total = dtype(0)
    for number in np.asarray(numbers, dtype):
        total = dtype(total + number)
    return total


def partitioned_sum(numbers, parts, dtype):
    """Sum each part, then the partial sums (as several threads do)."""
    pieces = np.array_split(np.asarray(numbers, dtype), parts)
    return sequential_sum([sequential_sum(p, dtype) for p in pieces], dtype)


def add_three_digits(numbers):
    """Add one after another, and keep three decimal digits each time."""
    total = 0.0
    for number in numbers:
        total = float(f"{total + number:.3g}")
    return total


def add_then_round(numbers):
    """Make the usual mistake: round once, at the end."""
    return float(f"{sum(numbers):.3g}")
