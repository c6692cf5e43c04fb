"""Batch size (§2.1.3): steps, gradient noise, learning rate, time, memory."""

import math
import time

import keras
import numpy as np

from kerasbook.scores import accuracy


def steps_per_epoch(num_samples, batch_size):
    """Count the gradient updates of an epoch; the last batch may be smaller.

    Raises:
        ValueError: a number is below 1.
    """
    if num_samples < 1 or batch_size < 1:
        raise ValueError(
            "Expected `num_samples` and `batch_size` of at least 1. "
            f"Received: num_samples={num_samples}, batch_size={batch_size}"
        )
    return math.ceil(num_samples / batch_size)


def he_weights(sizes, *, seed):
    """Draw weights by He's rule, and zero biases: `[W1, b1, W2, b2]`.

    The variance is 2 / inputs before the ReLU, 1 / hidden before the softmax.

    Args:
        sizes: numbers of inputs, hidden units and classes.
        seed: seed of the draw.
    """
    generator = np.random.default_rng(seed)
    inputs, hidden, classes = sizes
    return [
        generator.normal(0, math.sqrt(2 / inputs), (inputs, hidden)),
        np.zeros(hidden),
        generator.normal(0, math.sqrt(1 / hidden), (hidden, classes)),
        np.zeros(classes),
    ]


def loss_and_gradients(parameters, x, y):
    """Compute the mean cross-entropy of a batch and its gradients.

    The network: dense, ReLU, dense, softmax.

    Args:
        parameters: `[W1, b1, W2, b2]` as from `he_weights`.
        x: inputs of shape `(batch, inputs)`.
        y: integer labels of shape `(batch,)`.

    Returns:
        the loss, and a list of gradients shaped like `parameters`.
    """
    w1, b1, w2, b2 = parameters
    hidden = np.maximum(x @ w1 + b1, 0)  # (batch, hidden)
    scores = hidden @ w2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)  # exp stays finite
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()

    d_scores = np.exp(log_p)  # (batch, classes)
    d_scores[rows, y] -= 1
    d_scores /= len(y)
    d_hidden = (d_scores @ w2.T) * (hidden > 0)
    return loss, [
        x.T @ d_hidden,
        d_hidden.sum(axis=0),
        hidden.T @ d_scores,
        d_scores.sum(axis=0),
    ]


def per_sample_gradients(parameters, x, y):
    """Compute the gradient of each sample alone: `(n, parameters)`."""
    rows = []
    for i in range(len(y)):
        _, gradients = loss_and_gradients(
            parameters, x[i : i + 1], y[i : i + 1]
        )
        rows.append(np.concatenate([g.ravel() for g in gradients]))
    return np.stack(rows)


def predicted_noise(gradients, batch_size, *, replacement):
    """Compute how far a batch gradient lies from the full one, by formula.

    Args:
        gradients: per-sample gradients of shape `(n, parameters)`.
        batch_size: samples in the batch.
        replacement: whether one sample may be drawn twice.

    Returns:
        root of the mean squared distance over all batches.
    """
    n = len(gradients)
    variance = ((gradients - gradients.mean(axis=0)) ** 2).sum(axis=1).mean()
    if not replacement:
        variance *= (n - batch_size) / (n - 1)
    return math.sqrt(variance / batch_size)


def measured_noise(gradients, batch_size, *, replacement, draws, seed):
    """Measure the same distance on `draws` random batches."""
    generator = np.random.default_rng(seed)
    full = gradients.mean(axis=0)
    squares = []
    for _ in range(draws):
        batch = generator.choice(
            len(gradients), batch_size, replace=replacement
        )
        difference = gradients[batch].mean(axis=0) - full
        squares.append(difference @ difference)
    return math.sqrt(np.mean(squares))


def noise_scale(gradients):
    """Batch size whose squared noise equals the full gradient squared.

    Source: McCandlish et al. 2018, the "simple" noise scale.
    """
    full = gradients.mean(axis=0)
    noise = predicted_noise(gradients, 1, replacement=True)
    return noise**2 / (full @ full)


def train_minibatch(
    x, y, *, batch_size, learning_rate, epochs, seed, hidden=32
):
    """Train with plain gradient descent, in new random order each epoch.

    Args:
        x: inputs of shape `(n, inputs)`.
        y: integer labels of shape `(n,)`.
        batch_size: samples per update.
        learning_rate: length of a step, in units of the gradient.
        epochs: passes over the data.
        seed: seed of the initial weights and of the order.
        hidden: hidden units.

    Returns:
        parameters as from `he_weights`.
    """
    sizes = (x.shape[1], hidden, int(y.max()) + 1)
    parameters = he_weights(sizes, seed=seed)
    generator = np.random.default_rng(seed)
    for _ in range(epochs):
        order = generator.permutation(len(y))
        for start in range(0, len(y), batch_size):
            batch = order[start : start + batch_size]
            _, gradients = loss_and_gradients(parameters, x[batch], y[batch])
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= learning_rate * gradient
    return parameters


def class_scores(parameters, x):
    """Compute the score of each class, `(batch, classes)`, before softmax."""
    w1, b1, w2, b2 = parameters
    return np.maximum(x @ w1 + b1, 0) @ w2 + b2


def sweep(training, test, *, batch_sizes, learning_rates, epochs, seeds):
    """Train with every batch size, learning rate and seed.

    Args:
        training: `(x, y)` to train on.
        test: `(x, y)` for the accuracy.
        batch_sizes: list of batch sizes.
        learning_rates: list of learning rates.
        epochs: passes over the training data, the same for all.
        seeds: list of seeds.

    Returns:
        training loss and test accuracy after the last epoch, two arrays of
        shape `(batch_sizes, learning_rates, seeds)`.
    """
    shape = len(batch_sizes), len(learning_rates), len(seeds)
    losses, accuracies = np.empty(shape), np.empty(shape)
    for i, j, k in np.ndindex(shape):
        with np.errstate(over="ignore", invalid="ignore"):  # some diverge
            parameters = train_minibatch(
                *training,
                batch_size=batch_sizes[i],
                learning_rate=learning_rates[j],
                epochs=epochs,
                seed=seeds[k],
            )
            loss, _ = loss_and_gradients(parameters, *training)
        losses[i, j, k] = loss if np.isfinite(loss) else np.inf
        accuracies[i, j, k] = accuracy(
            class_scores(parameters, test[0]), test[1]
        )
    return losses, accuracies


def build_digit_mlp(hidden):
    """Build a Keras network for 64 inputs and 10 classes.

    Args:
        hidden: list of the sizes of its hidden layers.
    """
    layers = [keras.layers.Dense(units, "relu") for units in hidden]
    layers.append(keras.layers.Dense(10, "softmax"))
    return keras.Sequential([keras.Input((64,)), *layers])


def epoch_seconds(model, x, y, *, batch_size, epochs):
    """Time epochs of `fit`; the shortest one counts.

    The first epoch is left out, since it traces and compiles the step.

    Returns:
        seconds of the shortest of `epochs` epochs.
    """
    moments = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: moments.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: moments.append(time.perf_counter()),
    )
    model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs + 1,
        callbacks=[watch],
        verbose=0,
    )
    begins, ends = moments[2::2], moments[3::2]
    return min(end - begin for begin, end in zip(begins, ends, strict=True))


def training_bytes(model, batch_size):
    """Count the bytes that training with Adam must hold, in float32.

    Workspace of the backend comes on top, and a backend may free or fuse
    outputs; so this is an estimate of the order of magnitude.

    Returns:
        bytes of the parameters with their gradients and Adam's two moments,
        and bytes of the outputs of all layers, kept for the backward pass.
    """
    outputs = sum(math.prod(layer.output.shape[1:]) for layer in model.layers)
    weights = sum(math.prod(w.shape) for w in model.trainable_weights)
    return 4 * 4 * weights, 4 * batch_size * outputs


def plot_noise(axis, batch_sizes, measured, predicted):
    """Draw noise against batch size; `measured` and `predicted` by name."""
    for marker, line, name in zip("os", ("-", "--"), measured, strict=True):
        sizes = batch_sizes[: len(measured[name])]
        [drawn] = axis.plot(sizes, measured[name], marker, label=name)
        axis.plot(
            sizes, predicted[name], line, color=drawn.get_color(),
            label=f"{name}, formula",
        )  # fmt: skip
    axis.set_xscale("log", base=2)
    axis.set_yscale("log", base=2)
    axis.set_xticks(batch_sizes, batch_sizes, fontsize=8)
    axis.set_xlabel("batch size")
    axis.set_ylabel("distance to the full gradient")
    axis.legend()


def plot_times(axes, batch_sizes, seconds, steps):
    """Draw milliseconds per step and seconds per epoch on two axes."""
    step_ms = [1e3 * s / n for s, n in zip(seconds, steps, strict=True)]
    axes[0].plot(batch_sizes, step_ms, "o-")
    axes[0].set_yscale("log")
    axes[0].set_ylabel("milliseconds per step")
    axes[1].plot(batch_sizes, seconds, "s-")
    axes[1].set_ylim(bottom=0)
    axes[1].set_ylabel("seconds per epoch")
    for axis in axes:
        axis.set_xscale("log", base=2)
        axis.set_xticks(batch_sizes, batch_sizes, fontsize=8)
        axis.set_xlabel("batch size")


def plot_loss_table(axis, losses, batch_sizes, learning_rates, marked):
    """Draw a table of losses as colors, and frame some of its cells.

    Args:
        axis: Matplotlib axes.
        losses: array of shape `(batch_sizes, learning_rates)`.
        batch_sizes: list of batch sizes.
        learning_rates: list of learning rates.
        marked: by marker ("s", "o"), the rows and columns to frame.
    """
    shown = np.log10(np.clip(losses, 0.01, 10))
    axis.imshow(shown, cmap="cividis", aspect="auto", origin="lower")
    middle = (shown.min() + shown.max()) / 2
    for row, column in np.ndindex(losses.shape):
        color = "white" if shown[row, column] < middle else "black"
        axis.text(
            column, row, f"{losses[row, column]:.2f}", ha="center",
            va="center", fontsize=8, color=color,
        )  # fmt: skip
    colors = ("#D55E00", "#56B4E9")
    for color, (marker, cells) in zip(colors, marked.items(), strict=False):
        rows, columns = cells
        axis.scatter(
            columns, rows, s=620, marker=marker, facecolors="none",
            edgecolors=color, linewidths=2,
        )  # fmt: skip
    axis.set_xticks(
        range(len(learning_rates)), [f"{rate:g}" for rate in learning_rates]
    )
    axis.set_yticks(range(len(batch_sizes)), batch_sizes)
    axis.set_xlabel("learning rate")
    axis.set_ylabel("batch size")


def plot_accuracies(axis, batch_sizes, accuracies):
    """Draw accuracy against batch size for each rule, mean and range.

    Args:
        axis: Matplotlib axes.
        batch_sizes: list of batch sizes.
        accuracies: by name, arrays of shape `(batch_sizes, seeds)`.
    """
    for style, (name, values) in zip(
        ("o-", "s--", "^:"), accuracies.items(), strict=True
    ):
        sizes = batch_sizes[: len(values)]
        [drawn] = axis.plot(sizes, values.mean(axis=1), style, label=name)
        axis.fill_between(
            sizes, values.min(axis=1), values.max(axis=1),
            color=drawn.get_color(), alpha=0.15,
        )  # fmt: skip
    axis.set_xscale("log", base=2)
    axis.set_xticks(batch_sizes, batch_sizes, fontsize=8)
    axis.set_xlabel("batch size")
    axis.set_ylabel("test accuracy")
    axis.legend()
