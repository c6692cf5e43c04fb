"""Sigmoid, softmax, cross-entropy, a check of slopes: for several chapters."""

import numpy as np


def sigmoid(z):
    """Squash `z` into (0, 1): 1 / (1 + exp(-z)), safe for any size of `z`."""
    return np.exp(-np.logaddexp(0, -z))


def softmax(z):
    """Turn outputs into probabilities, over the last axis."""
    positive = np.exp(z)
    return positive / positive.sum(axis=-1, keepdims=True)


def cross_entropy(y, p):
    """Cross-entropy of targets `y` and probabilities `p`, last axis."""
    return -np.sum(np.multiply(y, np.log(p)), axis=-1)


def numerical_gradient(function, array):
    """Central-difference gradient of `function()` in the entries of `array`.

    Args:
        function: called without arguments; reads `array`, returns a number.
        array: floats of any shape, nudged in place and restored.

    Returns:
        array of the same shape: central differences.
    """
    step = 1e-5  # to both sides
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = function()
        array[index] = kept - step
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient
