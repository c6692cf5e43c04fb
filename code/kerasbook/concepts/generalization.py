"""Generalization: overfitting, bias and variance, regularization."""

import itertools

import keras
import numpy as np

# Overfitting


def sample_days(count, generator):
    """Sample temperatures and sales: a linear function plus noise."""
    temperature = generator.uniform(15, 35, count)
    noise = generator.normal(0, 30, count)
    return temperature, 10 * temperature - 100 + noise


def plot_fits(axes, degrees, days, later):
    """Draw curves fitted to training data, and new data.

    Args:
        axes: Matplotlib axes, one a degree.
        degrees: of the polynomials that are fitted.
        days: temperatures and sales to fit.
        later: temperatures and sales in the background.
    """
    grid = np.linspace(15, 35, 400)
    for axis, degree in zip(axes, degrees, strict=True):
        curve = np.polynomial.Polynomial.fit(*days, degree)
        axis.plot(*later, ".", color="0.75", ms=3, label="new data")
        axis.plot(grid, curve(grid), label=f"degree {degree}")
        axis.plot(*days, "o", color="black", label="training data")
        axis.set_ylim(0, 330)
        axis.set_xlabel("temperature, °C")
    axes[0].set_ylabel("ice creams sold")
    for axis in axes:
        axis.legend(fontsize=8, loc="upper left")


# Bias and variance


def peaked_sales(temperature):
    """Expected sales by temperature in °C: at most 250, at 27 °C."""
    return 250 * np.exp(-(((temperature - 27) / 5) ** 2))


def fit_cafes(degree, temperature, generator, *, cafes=500):
    """Fit a polynomial to the days of each café.

    All have the same temperatures, `(days,)`, and noise of their own.
    Returns predictions and sales, two arrays of shape `(cafes, days)`.
    """
    noise = generator.normal(0, 30, (cafes, len(temperature)))
    sold = peaked_sales(temperature) + noise
    predictions = []
    for row in sold:
        curve = np.polynomial.Polynomial.fit(temperature, row, degree)
        predictions.append(curve(temperature))
    return np.array(predictions), sold


def bias_and_variance(predictions, signal):
    """Squared bias and variance, each averaged over the inputs.

    Takes predictions of many models, `(models, inputs)`, and the signal,
    `(inputs,)`.
    """
    bias = predictions.mean(axis=0) - signal
    return np.mean(bias**2), np.mean(predictions.var(axis=0))


def plot_cafes(axis, temperature, predictions, signal):
    """Draw twenty fits, the mean of all, and the signal."""
    mean = predictions.mean(axis=0)
    axis.plot(temperature, predictions[:20].T, color="0.8", linewidth=0.8)
    axis.plot(temperature, mean, "--", label="mean of all cafés")
    axis.plot(temperature, signal, ":", color="black", label="signal")
    axis.set_xlabel("temperature, °C")
    axis.legend(fontsize=8, loc="upper left")


def plot_decomposition(axis, parts):
    """Draw the parts of the error by degree.

    Args:
        axis: Matplotlib axes.
        parts: dict from degree to squared bias, variance, training error
            and error on new days.
    """
    names = ("bias²", "variance", "training error", "error on new days")
    columns = np.array(list(parts.values())).T
    for name, column, style in zip(
        names, columns, ("--", "-.", ":", "-"), strict=True
    ):
        axis.plot(list(parts), column, style, label=name)
    axis.set_yscale("log")
    axis.set_ylim(10, 2e4)
    axis.set_xlabel("degree")
    axis.legend(fontsize=8)


# Regularization


def updated_weight(optimizer, weight, gradient):
    """Apply one gradient to one weight; return the new weight."""
    variable = keras.Variable(weight)
    gradient = keras.ops.convert_to_tensor(gradient)
    optimizer.apply([gradient], [variable])
    return float(variable)


def inverted_dropout(values, mask, rate):
    """Zero values where the mask is 0; divide the others by 1 - rate."""
    return np.multiply(mask, values) / (1 - rate)


def expected_dropout(values, rate):
    """Mean of inverted dropout over all masks, by their probability."""
    mean = np.zeros(len(values))
    for mask in itertools.product((0, 1), repeat=len(values)):  # ①
        kept = sum(mask)
        dropped = len(values) - kept
        probability = (1 - rate) ** kept * rate**dropped  # ②
        mean += probability * inverted_dropout(values, mask, rate)
    return mean


def train_updates(model, training, validation, *, updates=300, **options):
    """Train for about so many updates, however many samples there are."""
    steps = -(-len(training[1]) // 32)  # of an epoch, rounded up
    return model.fit(
        *training, validation_data=validation, validation_batch_size=258,
        batch_size=32, epochs=updates // steps, verbose=0, **options,
    ).history  # fmt: skip


def weight_norm(model):
    """Euclidean norm of all weights of a model together."""
    return sum((w**2).sum() for w in model.get_weights()) ** 0.5


def decayed_step(weight, gradient, learning_rate, decay):
    """One step of gradient descent with weight decay."""
    return weight - learning_rate * (gradient + decay * weight)


def step_decayed_too_much(weight, gradient, learning_rate, decay):
    """Make the usual mistake: decay without the learning rate."""
    return weight - learning_rate * gradient - decay * weight
