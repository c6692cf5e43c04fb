"""Sigmoid, softmax, cross-entropy, gradient check: for several chapters."""

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
    """Central differences of `function()` in each entry of `array`."""
    h, gradient = 1e-5, np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + h
        above = function()
        array[index] = kept - h
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient
