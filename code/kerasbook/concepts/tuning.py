"""Optimizers compared, each at its best learning rate (§2.2.3)."""

import keras
import numpy as np

from kerasbook.classifier import build_model

OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: keras.optimizers.RMSprop(rate),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
}


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
