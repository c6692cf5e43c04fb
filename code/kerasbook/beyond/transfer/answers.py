"""Answers to the page's exercise: how much is padded, and where."""

import math


def same_padding(size, window, stride):
    """Return how much TensorFlow's `"same"` pads `(before, after)`."""
    outputs = math.ceil(size / stride)
    missing = max((outputs - 1) * stride + window - size, 0)
    return missing // 2, missing - missing // 2


def even_padding(size, window, stride):
    """Pad alike on both sides, whatever the size: PyTorch's habit."""
    return window // 2, window // 2
