"""Answers to the page's exercise: how much is padded, and where."""

import math


def same_padding(size, kernel_size, stride):
    """Return how much TensorFlow's `"same"` pads `(before, after)`."""
    outputs = math.ceil(size / stride)
    missing = max((outputs - 1) * stride + kernel_size - size, 0)
    return missing // 2, missing - missing // 2


def even_padding(size, kernel_size, stride):
    """Pad alike on both sides, whatever the size: PyTorch's habit."""
    return kernel_size // 2, kernel_size // 2
