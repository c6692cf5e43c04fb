"""What order does to a sum: floating-point addition."""

import numpy as np


def sequential_sum(numbers, dtype):
    """Add numbers one after another, and round each sum to `dtype`."""
    total = dtype(0)
    for number in np.asarray(numbers, dtype):
        total = dtype(total + number)
    return total


def partitioned_sum(numbers, parts, dtype):
    """Add each part by itself, as a thread does, and then the parts."""
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
