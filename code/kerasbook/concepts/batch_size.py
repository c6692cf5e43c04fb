"""Batch size (§2.1.3): steps, gradient noise, speed, memory, learning rate."""

import math
import time

import keras
import numpy as np

from kerasbook.scores import accuracy


def build_digit_mlp(hidden):
    """Build a network for 64 pixels and 10 digits, with `hidden` units."""
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def shuffled_batches(num_samples, batch_size, generator):
    """Number the samples, shuffle them, cut them into batches."""
    order = generator.permutation(num_samples)
    starts = range(0, num_samples, batch_size)
    return [order[start : start + batch_size] for start in starts]


# Gradient noise


def expected_gradient_noise(gradients, batch_size, *, replacement=False):
    """Expected error (RMS) of a mini-batch gradient, by the formula.

    Args:
        gradients: one row for each sample.
        batch_size: samples in the batch.
        replacement: whether one sample may be drawn twice.
    """
    n = len(gradients)
    spread = ((gradients - gradients.mean(axis=0)) ** 2).sum(axis=1).mean()
    correction = 1 if replacement else (n - batch_size) / (n - 1)
    return math.sqrt(spread / batch_size * correction)


def measured_gradient_noise(
    gradients, batch_size, *, replacement=False, draws=200
):
    """The same, measured on random mini-batches."""
    generator = np.random.default_rng(0)
    n, full = len(gradients), gradients.mean(axis=0)
    squares = []
    for _ in range(draws):
        batch = generator.choice(n, batch_size, replace=replacement)
        squares.append(((gradients[batch].mean(axis=0) - full) ** 2).sum())
    return math.sqrt(np.mean(squares))


def noise_scale(gradients):
    """Batch size at which gradient noise equals the gradient norm."""
    full = gradients.mean(axis=0)
    spread = ((gradients - full) ** 2).sum(axis=1).mean()
    return spread / (full**2).sum()


def noise_ratio(small, large, num_samples):
    """Ratio of the gradient noise of two batch sizes, as in `fit`."""
    return math.sqrt(
        large / small * (num_samples - small) / (num_samples - large)
    )


def careless_noise_ratio(small, large, num_samples):
    """Forget that `fit` draws no sample twice."""
    return math.sqrt(large / small)


def he_normal_weights(sizes, *, seed):
    """He-normal initial weights, zero biases.

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


def mlp_forward(parameters, x):
    """Hidden values of a two-layer MLP, and log probabilities of classes."""
    w1, b1, w2, b2 = parameters
    hidden = np.maximum(x @ w1 + b1, 0)  # (batch, hidden)
    logits = hidden @ w2 + b2
    logits = logits - logits.max(axis=1, keepdims=True)  # exp stays finite
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return hidden, log_p  # (batch, classes)


def mlp_backward(parameters, x, y, hidden, log_p):
    """Gradients of the mean cross-entropy, a list as the parameters."""
    d_logits = np.exp(log_p)  # the probabilities, (batch, classes)
    d_logits[np.arange(len(y)), y] -= 1  # minus the one-hot labels
    d_logits /= len(y)
    d_hidden = (d_logits @ parameters[2].T) * (hidden > 0)
    return [
        x.T @ d_hidden,
        d_hidden.sum(axis=0),
        hidden.T @ d_logits,
        d_logits.sum(axis=0),
    ]


def loss_and_gradients(parameters, x, y):
    """Mean cross-entropy of a batch with integer labels, and its gradients."""
    hidden, log_p = mlp_forward(parameters, x)
    loss = -log_p[np.arange(len(y)), y].mean()
    return loss, mlp_backward(parameters, x, y, hidden, log_p)


def per_sample_gradients(parameters, x, y):
    """Compute the gradient of each sample alone: `(n, parameters)`."""
    rows = []
    for i in range(len(y)):
        one = slice(i, i + 1)  # a batch of one
        _, gradients = loss_and_gradients(parameters, x[one], y[one])
        rows.append(np.concatenate([g.ravel() for g in gradients]))
    return np.stack(rows)


# Why batches are fast


def sample_by_sample(x, w):
    """Multiply matrices one row at a time."""
    return np.stack([row @ w for row in x])


def seconds_per_sample(multiply, x, w, *, repeats=1):
    """Time a product, divided by the rows of `x`; the shortest time counts."""
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        multiply(x, w)
        seconds.append(time.perf_counter() - begin)
    return min(seconds) / len(x)


class Stopwatch(keras.callbacks.Callback):
    """Note how many seconds each epoch trains, without its validation."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Start the clock."""
        self.begin = time.perf_counter()

    def on_test_begin(self, logs=None):
        """Stop it, since validation begins."""
        self.seconds.append(time.perf_counter() - self.begin)


def fit_timed(model, training, validation, *, batch_size, epochs):
    """Fit; return seconds and validation loss of each epoch.

    A first epoch, which compiles the steps, is undone and does not count.
    """
    options = {
        "batch_size": batch_size,
        "validation_data": validation,
        "validation_batch_size": len(validation[1]),
        "verbose": 0,
    }
    start = model.get_weights()
    model.fit(*training, **options)
    model.set_weights(start)
    watch = Stopwatch()
    history = model.fit(
        *training, epochs=epochs, callbacks=[watch], **options
    ).history
    return np.array(watch.seconds), np.array(history["val_loss"])


def training_bytes(model, batch_size):
    """Estimate the bytes that training with Adam holds, in float32.

    Returns:
        bytes of what belongs to the weights, and of the outputs of all layers.
    """
    weights = sum(math.prod(w.shape) for w in model.trainable_weights)
    outputs = sum(math.prod(layer.output.shape[1:]) for layer in model.layers)
    return 4 * 4 * weights, 4 * outputs * batch_size


# Learning rate


def train_sgd(x, y, *, batch_size, learning_rate, epochs, seed, hidden=32):
    """Mini-batch stochastic gradient descent for a two-layer MLP."""
    sizes = (x.shape[1], hidden, int(y.max()) + 1)
    parameters = he_normal_weights(sizes, seed=seed)
    generator = np.random.default_rng(seed)
    for _ in range(epochs):
        for batch in shuffled_batches(len(y), batch_size, generator):
            _, gradients = loss_and_gradients(parameters, x[batch], y[batch])
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= learning_rate * gradient
    return parameters


def mlp_logits(parameters, x):
    """Logits of a two-layer MLP."""
    w1, b1, w2, b2 = parameters
    return np.maximum(x @ w1 + b1, 0) @ w2 + b2


def train_and_evaluate(training, validation, **settings):
    """Train by SGD; return training loss and validation accuracy."""
    with np.errstate(over="ignore", invalid="ignore"):  # some diverge
        parameters = train_sgd(*training, **settings)
        loss, _ = loss_and_gradients(parameters, *training)
    x_val, y_val = validation
    score = accuracy(mlp_logits(parameters, x_val), y_val)
    return loss if np.isfinite(loss) else np.inf, score


def grid_search(
    training, validation, *, batch_sizes, learning_rates, epochs, seeds
):
    """Losses and accuracies, each `(batch_sizes, learning_rates, seeds)`."""
    shape = len(batch_sizes), len(learning_rates), len(seeds)
    losses, accuracies = np.empty(shape), np.empty(shape)
    for i, j, k in np.ndindex(shape):
        losses[i, j, k], accuracies[i, j, k] = train_and_evaluate(
            training,
            validation,
            batch_size=batch_sizes[i],
            learning_rate=learning_rates[j],
            epochs=epochs,
            seed=seeds[k],
        )
    return losses, accuracies


def epochs_until(losses, goal):
    """Count the epochs until a loss is below the goal; infinite if never."""
    reached = np.flatnonzero(losses < goal)
    return reached[0] + 1 if len(reached) else math.inf


# Figures


def plot_noise(axis, batch_sizes, measured, predicted, gradient):
    """Draw noise against batch size, and the length of the gradient itself."""
    axis.plot(batch_sizes, measured, "o", label="measured")
    axis.plot(batch_sizes, predicted, "-", color="C0", label="formula")
    axis.axhline(
        gradient,
        color="#D55E00",
        linestyle="--",
        label="norm of the full gradient",
    )
    axis.set_xscale("log", base=2)
    axis.set_yscale("log", base=2)
    axis.set_xticks(batch_sizes, batch_sizes, fontsize=8)
    axis.set_xlabel("batch size")
    axis.set_ylabel("gradient noise (norm)")
    axis.legend()


def plot_times(axes, batch_sizes, seconds, num_samples):
    """Draw milliseconds per step and seconds per epoch on two axes."""
    step_ms = [
        1e3 * s / math.ceil(num_samples / size)
        for s, size in zip(seconds, batch_sizes, strict=True)
    ]
    axes[0].plot(batch_sizes, step_ms, "o-")
    axes[0].set_ylabel("milliseconds per step")
    axes[1].plot(batch_sizes, seconds, "s-")
    axes[1].set_ylabel("seconds per epoch")
    for axis in axes:
        axis.set_ylim(bottom=0)
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


def plot_loss_by_time(axis, runs, goal):
    """Draw validation loss against training time, and the goal as a line.

    Args:
        axis: Matplotlib axes.
        runs: by name, a list of pairs: seconds and losses of the epochs; each
            epoch counts with the median of all seconds of that name.
        goal: the loss to reach.
    """
    styles = ("-", "--", "-.", ":")
    for k, (name, times) in enumerate(runs.items()):
        pace = np.median([seconds for seconds, _ in times])
        for i, (_, losses) in enumerate(times):
            axis.plot(
                pace * np.arange(1, len(losses) + 1), losses, styles[k],
                color=f"C{k}", linewidth=1.2, label=None if i else name,
            )  # fmt: skip
    axis.axhline(goal, color="gray", linewidth=0.8)
    axis.set_xscale("log")
    axis.set_yscale("log")
    for side in (axis.xaxis, axis.yaxis):
        side.get_major_locator().set_params(subs=(1, 2, 5))
        side.set_major_formatter("{x:g}")
        side.set_minor_formatter("")
    axis.set_xlabel("seconds of training")
    axis.set_ylabel("validation loss")
    axis.legend(fontsize=8, title="batch size")
