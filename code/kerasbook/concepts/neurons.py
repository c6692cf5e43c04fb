"""Neurons and layers from scratch, with hand-written gradients (§2.1.1)."""

import itertools

import keras
import numpy as np

from kerasbook.calculus import sigmoid


def relu(z):
    """Keep what is positive, replace the rest by 0."""
    return np.maximum(z, 0)


def dense(inputs, kernel, bias, activation):
    """Compute a layer, from `(batch, inputs)` to `(batch, units)`."""
    return activation(inputs @ kernel + bias)


def forward(inputs, layers):
    """Run layer after layer; return the inputs and what each put out."""
    outputs = [inputs]
    for kernel, bias, activation in layers:
        outputs.append(dense(outputs[-1], kernel, bias, activation))
    return outputs


def plot_activations(axes, z, functions):
    """Draw functions on one of two axes, their derivatives on the other."""
    for function, style in zip(functions, ("-", "--", "-."), strict=True):
        axes[0].plot(z, function(z), style, label=function.__name__)
        derivative = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
        axes[1].plot(z, derivative, style)
    axes[0].set_title("activation function")
    axes[1].set_title("derivative")
    for axis in axes:
        axis.set_xlabel("z")
        axis.set_ylim(-1.1, 2.1)
    axes[0].legend()


# The derivative of each activation function, from its own output a.
DERIVATIVES = {
    relu: lambda a: (a > 0).astype(float),
    np.tanh: lambda a: 1 - a**2,
    sigmoid: lambda a: a * (1 - a),
}


def backward(outputs, layers, y_true):
    """Backpropagation: gradients as (kernel, bias) pairs."""
    delta = (outputs[-1] - y_true) / len(y_true)  # ①
    gradients = []
    for index in reversed(range(len(layers))):
        below = outputs[index]
        gradients.append((below.T @ delta, delta.sum(axis=0)))  # ②
        if index > 0:
            kernel, activation = layers[index][0], layers[index - 1][2]
            delta = delta @ kernel.T * DERIVATIVES[activation](below)  # ③
    return gradients[::-1]


def initialize_layers(sizes, activation, *, seed):
    """He-initialized layers of the given sizes; the last is a sigmoid."""
    generator = np.random.default_rng(seed)
    layers = []
    for rows, units in itertools.pairwise(sizes):
        kernel = generator.normal(scale=(2 / rows) ** 0.5, size=(rows, units))
        layers.append((kernel, np.zeros(units), activation))
    kernel, bias, _ = layers.pop()
    return [*layers, (kernel, bias, sigmoid)]


def gradient_descent(inputs, y_true, layers, *, steps, learning_rate):
    """Full-batch gradient descent on the mean cross-entropy."""
    for _ in range(steps):
        gradients = backward(forward(inputs, layers), layers, y_true)
        updated = []
        for layer, gradient in zip(layers, gradients, strict=True):
            kernel, bias, activation = layer
            kernel_gradient, bias_gradient = gradient
            kernel = kernel - learning_rate * kernel_gradient
            bias = bias - learning_rate * bias_gradient
            updated.append((kernel, bias, activation))
        layers = updated
    return layers


def mean_cross_entropy(y_true, probability):
    """Average -log of the probability that each label got."""
    given = np.where(y_true == 1, probability, 1 - probability)
    return -np.log(given).mean()


def binary_accuracy(y_true, probability):
    """Accuracy of probabilities at the threshold 1/2."""
    return float(np.mean((probability > 0.5) == y_true))


def two_moons(count, *, noise, seed):
    """Draw two interleaved half circles: points and labels, `(n, 1)`."""
    generator = np.random.default_rng(seed)
    angle = np.linspace(0, np.pi, count)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    points = np.concatenate([upper, lower])
    points += generator.normal(scale=noise, size=points.shape)
    return points, np.repeat([[0], [1]], count, axis=0)


def to_keras_model(layers):
    """Build the same MLP in Keras with the same weights."""
    model = keras.Sequential([keras.Input((len(layers[0][0]),))])
    for _, bias, activation in layers:
        model.add(keras.layers.Dense(len(bias), activation.__name__))
    model.set_weights([array for layer in layers for array in layer[:2]])
    return model


def parity_of_three(a, b, c):
    """Three-input XOR (parity) by three hidden ReLU neurons."""
    up = a + b + c
    return relu(up) - 2 * relu(up - 1) + 2 * relu(up - 2)


def parity_of_two_only(a, b, c):
    """Use the two hidden neurons of two switches: wrong when all are up."""
    up = a + b + c
    return relu(up) - 2 * relu(up - 1)
