"""Losses from scratch, and mismatches (§2.1.2)."""

import keras
import numpy as np


def mean_squared_error(y_true, y_pred):
    """Average the squared residuals over the last axis."""
    return np.mean((y_pred - y_true) ** 2, axis=-1)


def mean_absolute_error(y_true, y_pred):
    """Average the sizes of the residuals over the last axis."""
    return np.mean(np.abs(y_pred - y_true), axis=-1)


def huber(y_true, y_pred, *, delta=1.0):
    """Average a loss that is square up to `delta` and straight beyond."""
    size = np.abs(y_pred - y_true)
    inside, outside = size**2 / 2, delta * size - delta**2 / 2
    return np.mean(np.where(size <= delta, inside, outside), axis=-1)


def best_constant_prediction(loss, values, guesses):
    """The constant prediction with the smallest loss."""
    shape = np.shape(values)
    losses = [loss(values, np.full(shape, guess)) for guess in guesses]
    return float(guesses[np.argmin(losses)])


def plot_best(axis, values, guesses, loss, *, title):
    """Draw the loss of each guess, the least of them, and the values."""
    shape = np.shape(values)
    curve = [loss(values, np.full(shape, guess)) for guess in guesses]
    best = best_constant_prediction(loss, values, guesses)
    axis.plot(guesses, curve)
    axis.axvline(best, color="C1", linestyle="--", label=f"minimum at {best:g}")
    axis.plot(values, np.full(shape, min(curve)), "k|", label="samples")
    axis.set_xlabel("constant prediction (minutes)")
    axis.set_title(title)
    axis.legend()


def log_softmax(z):
    """Compute log(softmax(z)) without a number that is too large."""
    shifted = z - np.max(z, axis=-1, keepdims=True)  # ①
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # ②


def categorical_crossentropy(y_true, logits):
    """Cross-entropy of each sample; labels are one-hot or soft.

    Both arrays have the shape (n, K), the result (n,): no mean is taken.
    """
    return -np.sum(y_true * log_softmax(logits), axis=-1)


def sparse_categorical_crossentropy(labels, logits):
    """Compute the same losses, shape (n,), from `n` class numbers."""
    rows = np.arange(len(labels))
    return -log_softmax(logits)[rows, labels]


def binary_crossentropy(y_true, logits):
    """Binary cross-entropy of each entry; labels lie in [0, 1].

    Both arrays have one shape, and so has the result: no mean is taken.
    """
    return np.logaddexp(0, logits) - y_true * logits


def build_iris_model(activation, from_logits):
    """A dense layer from two measurements to three species, compiled."""
    equal = keras.initializers.Constant(0.1)
    layer = keras.layers.Dense(3, activation, kernel_initializer=equal)
    model = keras.Sequential([keras.Input((2,)), layer])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits)
    # The gradients of the biases begin as rounding, which Adam would enlarge.
    model.compile(keras.optimizers.Adam(0.3, epsilon=1e-3), loss)
    return model


def iris_losses(petals, species):
    """Loss after each epoch, by name of the pairing of output and loss."""
    curves = {}
    for activation in ("softmax", "linear"):
        for from_logits in (False, True):
            model = build_iris_model(activation, from_logits)
            history = model.fit(
                petals, species, batch_size=150, epochs=40, verbose=0
            )
            name = f"{activation}, from_logits={from_logits}"
            curves[name] = history.history["loss"]
    return curves


def plot_pairings(axes, losses):
    """Draw what `iris_losses` returned, one backend on each axes."""
    names = {
        "softmax, from_logits=False": "softmax once",
        "softmax, from_logits=True": "softmax twice",
        "linear, from_logits=False": "no softmax",
    }
    for axis, (backend, curves) in zip(axes, losses.items(), strict=True):
        for name, style in zip(names, ("-", "--", ":"), strict=True):
            axis.plot(curves[name], style, label=names[name])
        axis.set_yscale("log")
        axis.set_title(backend)
        axis.set_xlabel("epoch")
    axes[0].set_ylabel("loss")
    axes[0].legend()


def cost_of_being_late(trip, guess):
    """Average 3 for each minute late, 1 for each minute early."""
    late = np.maximum(trip - guess, 0)
    early = np.maximum(guess - trip, 0)
    return np.mean(3 * late + early)


def cost_of_being_early(trip, guess):
    """Average what the sides cost if they are mistaken for each other."""
    return cost_of_being_late(guess, trip)
