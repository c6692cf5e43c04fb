"""Compiling a model (§2.2.3): optimizers compared, loss and metric, speed."""

import time

import keras
import numpy as np

OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: keras.optimizers.RMSprop(rate),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
}


def build_model(units=10, activation="softmax"):
    """Build a small network for images of 64 pixels in a row."""
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(units, activation=activation),
        ]
    )


def compile_and_fit(training, validation, *, activation="softmax", **settings):
    """Build the network from the same seed, compile it, fit it, return it."""
    keras.utils.set_random_seed(0)
    model = build_model(activation=activation)
    model.compile(metrics=["accuracy"], **settings)  # ①
    model.fit(*training, validation_data=validation, epochs=10, verbose=0)
    return model


def restart(model, seed, learning_rate):
    """Draw new weights for a compiled model, and empty its optimizer."""
    keras.utils.set_random_seed(seed)
    model.set_weights(build_model().get_weights())
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape))  # ①
    model.optimizer.learning_rate.assign(learning_rate)


def compare(make_optimizer, training, validation, *, rates, seeds, epochs):
    """Train with each rate and seed: training losses, and validation loss."""
    model = build_model()
    model.compile(
        make_optimizer(rates[0]),
        "sparse_categorical_crossentropy",
        steps_per_execution=12,  # ①
    )
    losses = np.empty((len(rates), len(seeds), epochs))
    final = np.empty((len(rates), len(seeds)))
    for i, j in np.ndindex(final.shape):
        restart(model, seeds[j], rates[i])
        fitted = model.fit(*training, epochs=epochs, verbose=0)
        losses[i, j] = fitted.history["loss"]
        final[i, j] = model.evaluate(
            *validation, batch_size=len(validation[1]), verbose=0
        )
    return losses, final


def scan_bias(model, images, labels, *, digit, shifts):
    """Add each shift to one output bias; return losses and accuracies."""
    bias = model.layers[-1].bias
    trained = keras.ops.convert_to_numpy(bias)
    losses, accuracies = [], []
    for shift in shifts:
        bias.assign(trained + shift * np.eye(len(trained))[digit])
        probabilities = model.predict_on_batch(images)
        right = probabilities[np.arange(len(labels)), labels]
        losses.append(-np.log(right).mean())
        accuracies.append((probabilities.argmax(axis=1) == labels).mean())
    bias.assign(trained)
    return np.array(losses), np.array(accuracies)


def run_with(x, y, *, seed, epochs=3, **options):
    """Weights; seconds of the first and of the fastest later epoch."""
    keras.utils.set_random_seed(seed)
    model = build_model()
    model.compile("sgd", "sparse_categorical_crossentropy", **options)
    seconds = []
    for _ in range(epochs):
        begin = time.perf_counter()
        model.fit(x, y, shuffle=False, verbose=0)
        seconds.append(time.perf_counter() - begin)
    return model.get_weights(), seconds[0], min(seconds[1:])


def plot_by_epoch(axis, curves, *, ylabel):
    """Draw curves by epoch, one for each name, that differ by marker too."""
    styles = ("o-", "s--", "^:", "v-.", "D-", "x--")
    for style, (name, values) in zip(styles, curves.items(), strict=False):
        epochs = range(1, len(values) + 1)
        axis.plot(epochs, values, style, markersize=4, label=name)
    axis.set_xlabel("epoch")
    axis.set_ylabel(ylabel)
    axis.legend(fontsize=8)


def plot_tuning(axis, rates, losses):
    """Draw validation loss against learning rate, by optimizer."""
    for style, (name, loss) in zip(
        ("o-", "s--", "^:", "v-."), losses.items(), strict=True
    ):
        axis.plot(rates, loss, style, markersize=4, label=name)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("learning rate")
    axis.set_ylabel("validation loss")
    axis.legend(fontsize=8)
