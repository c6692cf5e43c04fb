"""Neurons and layers from scratch, with hand-written gradients (§2.1.1)."""

import itertools

import keras
import numpy as np

from kerasbook.calculus import sigmoid


def relu(z):
    """Keep what is positive, replace the rest by 0."""
    return np.maximum(z, 0)


# Name: the function of z, and its slope written in terms of its own output a.
ACTIVATIONS = {
    "linear": (lambda z: z, np.ones_like),
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (relu, lambda a: (a > 0).astype(float)),
}


def dense(inputs, kernel, bias, activation="linear"):
    """Compute a dense layer, `activation(inputs @ kernel + bias)`.

    Args:
        inputs: array of shape `(batch, num_inputs)`.
        kernel: weights of shape `(num_inputs, units)`, one column a neuron.
        bias: array of shape `(units,)`.
        activation: a name in `ACTIVATIONS`.

    Returns:
        array of shape `(batch, units)`.
    """
    if inputs.ndim != 2 or inputs.shape[1] != len(kernel):
        raise ValueError(
            f"Expected inputs of shape (batch, {len(kernel)}). "
            f"Received: inputs.shape={inputs.shape}"
        )
    function, _ = ACTIVATIONS[activation]
    return function(inputs @ kernel + bias)


def plot_activations(axes, names):
    """Draw activation functions on the first of two axes, slopes on the other.

    The slope is measured by finite differences, not taken from a formula.
    """
    z = np.linspace(-4, 4, 401)
    styles = ("-", "--", "-.", ":")
    for name, style in zip(names, styles, strict=False):
        function, _ = ACTIVATIONS[name]
        axes[0].plot(z, function(z), style, label=name)
        slope = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
        axes[1].plot(z, slope, style)
    for axis, title in zip(axes, ("activation", "slope"), strict=True):
        axis.set_xlabel("z")
        axis.set_title(title)
        axis.set_ylim(-1.1, 2.1)
    axes[0].legend()


def clusters(centers, labels, *, count, noise, seed):
    """Draw points around centers.

    Args:
        centers: array of shape `(num_centers, 2)`.
        labels: one label 0 or 1 for each center.
        count: points around each center.
        noise: standard deviation of the Gaussian around a center.
        seed: seed of the generator.

    Returns:
        points of shape `(n, 2)` and labels of shape `(n,)`.
    """
    generator = np.random.default_rng(seed)
    points = np.repeat(np.asarray(centers, float), count, axis=0)
    points += generator.normal(scale=noise, size=points.shape)
    return points, np.repeat(labels, count)


def two_moons(count, *, noise, seed):
    """Draw two interleaved half circles, `count` points each.

    Returns:
        points of shape `(2 * count, 2)` and labels of shape `(2 * count,)`.
    """
    generator = np.random.default_rng(seed)
    angle = np.linspace(0, np.pi, count)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    points = np.concatenate([upper, lower])
    points += generator.normal(scale=noise, size=points.shape)
    return points, np.repeat([0, 1], count)


def lecun_weights(sizes, *, seed):
    """Draw weights for layers of the given sizes by LeCun's rule.

    Args:
        sizes: number of inputs, then the units of every layer.
        seed: seed of the generator.

    Returns:
        list of `(kernel, bias)`, one pair a layer. Kernels are Gaussian with
        variance 1 / num_inputs, biases are 0.
    """
    generator = np.random.default_rng(seed)
    parameters = []
    for rows, units in itertools.pairwise(sizes):
        kernel = generator.normal(scale=rows**-0.5, size=(rows, units))
        parameters.append((kernel, np.zeros(units)))
    return parameters


def forward(inputs, parameters, activations):
    """Run a network and keep what every layer puts out.

    Args:
        inputs: array of shape `(batch, num_inputs)`.
        parameters: list of `(kernel, bias)`.
        activations: one name a layer.

    Returns:
        list of arrays: the inputs, then the output of every layer.
    """
    outputs = [inputs]
    for (kernel, bias), name in zip(parameters, activations, strict=True):
        outputs.append(dense(outputs[-1], kernel, bias, name))
    return outputs


def mean_cross_entropy(y_true, probability):
    """Average -log of the probability that each label got.

    Args:
        y_true: labels 0 or 1, of shape `(batch,)`.
        probability: probability of label 1, of shape `(batch, 1)`.
    """
    y_true = y_true.reshape(probability.shape)
    given = np.where(y_true == 1, probability, 1 - probability)
    return -np.log(given).mean()


def backward(outputs, parameters, activations, y_true):
    """Compute the gradient of the mean cross-entropy by the chain rule.

    The last layer must be a sigmoid: there the cross-entropy has the slope
    `probability - label` with respect to z.

    Args:
        outputs: what `forward` returned.
        parameters: list of `(kernel, bias)`.
        activations: one name a layer.
        y_true: labels 0 or 1, of shape `(batch,)`.

    Returns:
        list of pairs shaped like `parameters`.
    """
    y_true = y_true.reshape(outputs[-1].shape)
    delta = (outputs[-1] - y_true) / len(y_true)  # dL/dz, (batch, units)
    gradients = []
    for layer in reversed(range(len(parameters))):
        gradients.append((outputs[layer].T @ delta, delta.sum(axis=0)))
        if layer > 0:
            _, slope = ACTIVATIONS[activations[layer - 1]]
            delta = delta @ parameters[layer][0].T * slope(outputs[layer])
    return gradients[::-1]


def train_full_batch(
    inputs,
    y_true,
    parameters,
    activations,
    *,
    steps,
    learning_rate,
    use_bias=True,
):
    """Train by gradient descent on all data at once.

    Args:
        inputs: array of shape `(batch, num_inputs)`.
        y_true: labels 0 or 1, of shape `(batch,)`.
        parameters: list of `(kernel, bias)`, left as they are.
        activations: one name a layer; the last is "sigmoid".
        steps: number of updates.
        learning_rate: size of an update, times the gradient.
        use_bias: whether biases are updated.

    Returns:
        the new parameters, and the loss before every update.
    """
    losses = []
    for _ in range(steps):
        outputs = forward(inputs, parameters, activations)
        losses.append(mean_cross_entropy(y_true, outputs[-1]))
        gradients = backward(outputs, parameters, activations, y_true)
        updated = []
        for (kernel, bias), (d_kernel, d_bias) in zip(
            parameters, gradients, strict=True
        ):
            kernel = kernel - learning_rate * d_kernel
            bias = bias - use_bias * learning_rate * d_bias
            updated.append((kernel, bias))
        parameters = updated
    return parameters, losses


def binary_accuracy(y_true, probability):
    """Return the share of labels on the right side of probability 1/2."""
    return float(np.mean((probability.reshape(-1) > 0.5) == y_true))


def keras_twin(parameters, activations, *, dtype):
    """Build the same network of `keras.layers.Dense`, with the same weights.

    Args:
        parameters: list of `(kernel, bias)`.
        activations: one name a layer, which Keras knows too.
        dtype: precision of the layers, such as "float32".
    """
    layers = [keras.Input((len(parameters[0][0]),), dtype=dtype)]
    for (_, bias), name in zip(parameters, activations, strict=True):
        layers.append(keras.layers.Dense(len(bias), name, dtype=dtype))
    model = keras.Sequential(layers)
    model.set_weights([array for pair in parameters for array in pair])
    return model
