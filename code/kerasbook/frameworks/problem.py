"""One problem for every framework: data, initial weights, a first step."""

from itertools import pairwise

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load_standardized_digits(*, seed):
    """Split scikit-learn's digits by class, shuffle, and standardize them.

    One mean and one spread for all pixels, taken from the training images:
    the pixels share a unit, and those at the border hardly vary.

    Args:
        seed: seed of the split and of its order.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float32 images of shape
        `(n, 64)`, int64 labels of shape `(n,)`.
    """
    images, labels = load_digits(return_X_y=True)
    size = 44 * 32  # whole batches; the rest is for the test
    x_train, x_test, y_train, y_test = train_test_split(
        images, labels, train_size=size, stratify=labels, random_state=seed
    )
    mean, spread = x_train.mean(), x_train.std()
    x_train, x_test = (
        ((x - mean) / spread).astype("float32") for x in (x_train, x_test)
    )
    return (x_train, y_train), (x_test, y_test)


def glorot_weights(sizes, *, seed):
    """Draw initial weights: Glorot's uniform matrices, biases of zero.

    Args:
        sizes: number of values in each layer, input first: `(64, 32, 10)`.
        seed: seed of the generator.

    Returns:
        list `[w1, b1, w2, b2, ...]` of float32 arrays; `w1` has the shape
        `(sizes[0], sizes[1])`.

    Source: Glorot and Bengio (2010).
    """
    generator = np.random.default_rng(seed)
    weights = []
    for inputs, outputs in pairwise(sizes):
        limit = np.sqrt(6 / (inputs + outputs))
        kernel = generator.uniform(-limit, limit, (inputs, outputs))
        weights += [kernel.astype("float32"), np.zeros(outputs, "float32")]
    return weights


def reference_forward(weights, x):
    """Forward pass: hidden values and logits of a batch."""
    w1, b1, w2, b2 = weights
    hidden = np.maximum(x @ w1 + b1, 0)  # (batch, hidden)
    return hidden, hidden @ w2 + b2  # (batch, classes)


def reference_loss(logits, y):
    """Mean cross-entropy of integer labels, and its gradient in the logits."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(y)  # (batch, classes)


def reference_backward(weights, x, hidden, d_logits):
    """Backward pass: gradients in w1, b1, w2 and b2."""
    d_hidden = d_logits @ weights[2].T * (hidden > 0)  # (batch, hidden)
    gradients = [x.T @ d_hidden, d_hidden.sum(axis=0)]
    return [*gradients, hidden.T @ d_logits, d_logits.sum(axis=0)]


def reference_first_step(weights, x, y, learning_rate):
    """One step of gradient descent in float64, and all that it computes."""
    weights = [array.astype("float64") for array in weights]
    hidden, logits = reference_forward(weights, x)
    loss, d_logits = reference_loss(logits, y)
    gradients = reference_backward(weights, x, hidden, d_logits)
    updated = [
        old - learning_rate * gradient
        for old, gradient in zip(weights, gradients, strict=True)
    ]
    return {
        "logits": [logits], "loss": [loss],
        "gradients": gradients, "updated": updated,
    }  # fmt: skip


def largest_deviation(found, expected):
    """Compare two first steps: the worst of max|a - b| / max|b| for each part.

    Args:
        found: dict of lists of arrays, as `reference_first_step` returns.
        expected: dict with the same keys and shapes.

    Returns:
        dict of floats.

    Raises:
        ValueError: arrays of different shapes.
    """
    worst = {}
    for part, arrays in expected.items():
        ratios = []
        for a, b in zip(found[part], arrays, strict=True):
            a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
            if a.shape != b.shape:
                raise ValueError(
                    f"Expected equal shapes in {part!r}. "
                    f"Received: {a.shape} and {b.shape}"
                )
            ratios.append(np.abs(a - b).max() / np.abs(b).max())
        worst[part] = float(max(ratios))
    return worst


def plot_digits(axes, x, titles):
    """Draw images of 8 by 8 pixels, given as rows `(n, 64)`, with titles."""
    for axis, image, title in zip(axes.flat, x, titles, strict=True):
        axis.imshow(image.reshape(8, 8), cmap="gray_r")
        axis.set_title(title, fontsize=9)
        axis.axis("off")


def plot_losses(axis, losses):
    """Draw the training loss of each epoch; the first is epoch 1."""
    axis.plot(range(1, len(losses) + 1), losses, "o-", markersize=4)
    axis.set_xlabel("epoch")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set_ylabel("training loss (mean of the batches)")
    axis.set_yscale("log")


def linear_layer(x, weight, bias):
    """Compute a layer that keeps `weight` as `(outputs, inputs)`."""
    return np.asarray(x) @ np.transpose(weight) + bias


def linear_layer_without_transpose(x, weight, bias):
    """Compute it as if `weight` were `(inputs, outputs)`."""
    return np.asarray(x) @ np.asarray(weight) + bias


def count_two_layers(inputs, hidden, outputs):
    """Count the weights and biases of two dense layers."""
    return (inputs + 1) * hidden + (hidden + 1) * outputs


def count_without_biases(inputs, hidden, outputs):
    """Count the weights of two dense layers alone."""
    return inputs * hidden + hidden * outputs
