"""Compiling a model (§2.2.3): optimizers, losses, metrics, execution."""

import time

import keras
import numpy as np

from kerasbook.optimizers import adam_step

# task: units of the last layer, its activation, loss, metric
TASKS = {
    "number": (1, None, "mean_squared_error", "mean_absolute_error"),
    "yes or no": (1, "sigmoid", "binary_crossentropy", "binary_accuracy"),
    "one class, integer": (
        10,
        "softmax",
        "sparse_categorical_crossentropy",
        "sparse_categorical_accuracy",
    ),
    "one class, one-hot": (
        10,
        "softmax",
        "categorical_crossentropy",
        "categorical_accuracy",
    ),
    "several labels": (3, "sigmoid", "binary_crossentropy", "binary_accuracy"),
}

OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: keras.optimizers.RMSprop(rate),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
    "AdamW": lambda rate: keras.optimizers.AdamW(rate),
}


def build_model(units=10, activation="softmax"):
    """Build a small network for images of 64 pixels in a row.

    Args:
        units: numbers that the last layer puts out.
        activation: activation of the last layer.
    """
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(units, activation=activation),
        ]
    )


def adamw_step(w, g, state, *, learning_rate, weight_decay, **settings):
    """Shrink the weights, apart from the gradient, then step as Adam does.

    Source: Loshchilov and Hutter (2019).
    """
    w = w - learning_rate * weight_decay * w
    return adam_step(w, g, state, learning_rate=learning_rate, **settings)


def descend(step, start, curvatures, *, steps, **settings):
    """Minimize half the sum of `curvatures * w**2` with one of the rules.

    Args:
        step: the rule, such as `sgd_step`.
        start: weights to start from, of shape `(n,)`.
        curvatures: second derivatives of the loss, of shape `(n,)`.
        steps: how many steps to take.
        **settings: passed to `step`.

    Returns:
        the weights from start to end, of shape `(steps + 1, n)`.
    """
    path, state = [np.asarray(start, "float64")], {}
    for _ in range(steps):
        gradient = curvatures * path[-1]
        path.append(step(path[-1], gradient, state, **settings))
    return np.stack(path)


def keras_descend(optimizer, start, curvatures, *, steps):
    """Do the same with an optimizer of Keras, in float32."""
    weights = keras.Variable(start)
    path = [keras.ops.convert_to_numpy(weights)]
    for _ in range(steps):
        gradient = keras.ops.convert_to_tensor(curvatures * path[-1])
        optimizer.apply([keras.ops.cast(gradient, "float32")], [weights])
        path.append(keras.ops.convert_to_numpy(weights))
    return np.stack(path)


def restart(model, weights, learning_rate):
    """Put a compiled model back to `weights` and empty its optimizer."""
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    model.optimizer.learning_rate.assign(learning_rate)


def compare(make_optimizer, training, validation, *, rates, seeds, epochs):
    """Train with every learning rate and seed, from equal initial weights.

    The model is compiled once. Its optimizer's state and learning rate are
    variables, so `restart` changes them without a new compilation.

    Args:
        make_optimizer: maps a learning rate to an optimizer.
        training: `(x, y)` with integer labels.
        validation: `(x, y)`, never trained on.
        rates: list of learning rates.
        seeds: list of seeds, for initial weights and order.
        epochs: passes over the training data.

    Returns:
        training loss, an array of shape `(rates, seeds, epochs)`, and
        validation loss after the last epoch, of shape `(rates, seeds)`.
    """
    model = build_model()
    model.compile(
        make_optimizer(rates[0]),
        loss="sparse_categorical_crossentropy",
        steps_per_execution=16,
    )
    losses = np.empty((len(rates), len(seeds), epochs))
    final = np.empty((len(rates), len(seeds)))
    for i, j in np.ndindex(final.shape):
        keras.utils.set_random_seed(seeds[j])
        restart(model, build_model().get_weights(), rates[i])
        history = model.fit(*training, epochs=epochs, verbose=0).history
        losses[i, j] = history["loss"]
        final[i, j] = model.evaluate(
            *validation, batch_size=len(validation[1]), verbose=0
        )
    return losses, final


def make_targets(images, labels, task):
    """Turn images `(n, 64)` and digits `(n,)` into targets of a task.

    Returns:
        ink of the image, as a share, `(n, 1)`; whether the digit is odd,
        `(n, 1)`; the digit, `(n,)`; the digit one-hot, `(n, 10)`; or whether
        it is odd, above 4, and a square number, `(n, 3)`.

    Raises:
        ValueError: unknown task.
    """
    if task == "number":
        return images.mean(axis=1, keepdims=True)
    if task == "yes or no":
        return (labels % 2)[:, None]
    if task == "one class, integer":
        return labels
    if task == "one class, one-hot":
        return keras.utils.to_categorical(labels, 10)
    if task == "several labels":
        square = np.isin(labels, (0, 1, 4, 9))
        return np.stack([labels % 2, labels > 4, square], axis=1).astype(int)
    raise ValueError(
        f"Expected `task` to be one of {list(TASKS)}. Received: task={task!r}"
    )


def chosen_accuracy(model):
    """Name the class that Keras chose for `metrics=["accuracy"]`."""
    [compiled] = [m for m in model.metrics if hasattr(m, "metrics")]
    return type(compiled.metrics[0]).__name__


def build_two_heads():
    """Build a network that names the digit and says whether it is odd."""
    inputs = keras.Input((64,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    return keras.Model(
        inputs,
        {
            "digit": keras.layers.Dense(10, activation="softmax")(hidden),
            "odd": keras.layers.Dense(1, activation="sigmoid")(hidden),
        },
    )


def run_with(x, y, *, seed, epochs=3, **options):
    """Train from a fixed start with options of `compile`, and time it.

    Returns:
        the weights, seconds of the first epoch, seconds of the shortest
        later epoch.
    """
    keras.utils.set_random_seed(seed)
    model = build_model()
    model.compile("sgd", "sparse_categorical_crossentropy", **options)
    seconds = []
    for _ in range(epochs):
        begin = time.perf_counter()
        model.fit(x, y, shuffle=False, verbose=0)
        seconds.append(time.perf_counter() - begin)
    return model.get_weights(), seconds[0], min(seconds[1:])


def plot_path(axis, path, curvatures, *, extent):
    """Draw a path, `(steps + 1, 2)`, over the contours of a quadratic."""
    x, y = np.meshgrid(
        np.linspace(-extent[0], extent[0], 200),
        np.linspace(-extent[1], extent[1], 200),
    )
    loss = (curvatures[0] * x**2 + curvatures[1] * y**2) / 2
    levels = np.geomspace(loss.max() / 1000, loss.max(), 10)
    axis.contour(x, y, loss, levels=levels, colors="0.8", linewidths=0.7)
    axis.plot(*path.T, "o-", markersize=3, linewidth=1)
    axis.plot(0, 0, "k*", markersize=9)
    axis.set_xlabel("$w_1$")
    axis.set_ylabel("$w_2$")


def plot_tuning(axis, rates, losses):
    """Draw validation loss against learning rate, by optimizer."""
    for style, (name, loss) in zip(
        ("o-", "s--", "^:", "v-.", "D-"), losses.items(), strict=True
    ):
        axis.plot(rates, loss, style, markersize=4, label=name)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("learning rate")
    axis.set_ylabel("validation loss")
    axis.legend(fontsize=8)


def plot_mean_losses(axis, losses):
    """Draw loss by epoch: mean over the seeds, `(seeds, epochs)` by name."""
    for style, (name, loss) in zip(
        ("o-", "s--", "^:", "v-.", "D-"), losses.items(), strict=True
    ):
        epochs = range(1, loss.shape[1] + 1)
        axis.plot(epochs, loss.mean(axis=0), style, markersize=4, label=name)
    axis.set_yscale("log")
    axis.set_xlabel("epoch")
    axis.set_ylabel("training loss")
    axis.legend(fontsize=8)
