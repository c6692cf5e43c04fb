"""Initialization: kernels of a chosen variance, a unit that dies, fans."""

import itertools

import numpy as np

from kerasbook.calculus import sigmoid


def layers_of_variance(sizes, hidden, variance, *, seed):
    """Layers with normal kernels of `variance(inputs, units)`, biases 0.

    Hidden layers have the activation `hidden`, the last one a sigmoid.
    """
    generator = np.random.default_rng(seed)
    layers = []
    for inputs, units in itertools.pairwise(sizes):
        stddev = variance(inputs, units) ** 0.5
        kernel = generator.normal(scale=stddev, size=(inputs, units))
        layers.append((kernel, np.zeros(units), hidden))
    kernel, bias, _ = layers.pop()
    return [*layers, (kernel, bias, sigmoid)]


def leaky_relu(z):
    """Keep what is positive, multiply the rest by 0.2, as Keras does."""
    return np.where(z > 0, z, 0.2 * z)


def train_one_neuron(x, y, rates, activation, derivative):
    """Gradient descent on one neuron from w = 1, b = 0; returns both.

    Half the mean squared error of inputs `x` and targets `y`, both `(n,)`;
    a learning rate for each step; `derivative` takes the neuron's output.
    """
    w, b = 1.0, 0.0
    for rate in rates:
        output = activation(w * x + b)
        delta = (output - y) * derivative(output)
        w, b = w - rate * np.mean(delta * x), b - rate * np.mean(delta)
    return w, b


def glorot_limit(shape):
    """Glorot's uniform limit for a kernel `(..., inputs, outputs)`."""
    window = np.prod(shape[:-2])
    return (6 / (window * shape[-2] + window * shape[-1])) ** 0.5


def glorot_limit_without_window(shape):
    """Count the channels of a convolution, and forget its window."""
    return (6 / (shape[-2] + shape[-1])) ** 0.5
