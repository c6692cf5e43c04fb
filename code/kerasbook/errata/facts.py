"""Claims of the article about Keras, each run in its smallest form."""

import inspect
import math

import keras
import numpy as np


def count_dense_weights(units, features):
    """Count the weights and the biases of a dense layer."""
    layer = keras.layers.Dense(units)
    layer.build((None, features))
    return {weight.name: weight.numpy().size for weight in layer.weights}


def update_without_backpropagation():
    """Let an optimizer update a variable from a gradient given by hand."""
    variable = keras.Variable(1.0)
    gradient = keras.ops.convert_to_tensor(2.0)
    keras.optimizers.SGD(0.1).apply([gradient], [variable])
    return round(float(variable.numpy()), 6)


def updates_in_fit(samples, batch_size):
    """Count the gradient updates of one epoch, and of `evaluate` after it."""
    x, y = np.ones((samples, 1)), np.ones(samples)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size=batch_size, verbose=0)
    after_fit = int(model.optimizer.iterations.numpy())
    model.evaluate(x, y, batch_size=batch_size, verbose=0)
    total = int(model.optimizer.iterations.numpy())
    return {"fit": after_fit, "evaluate": total - after_fit}


def weights_changed_by_compile():
    """Count the weights that differ after `compile`, and after `fit`."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    start = model.get_weights()
    model.compile("sgd", "mse")
    compiled = model.get_weights()
    model.fit(np.ones((8, 3)), np.ones(8), verbose=0)
    return {
        "compile": count_different(start, compiled),
        "fit": count_different(start, model.get_weights()),
    }


def count_different(some, others):
    """Count the numbers in which two lists of arrays differ."""
    pairs = zip(some, others, strict=True)
    return int(sum((one != other).sum() for one, other in pairs))


def fit_uncompiled():
    """Train a model that was never compiled."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.fit(np.ones((4, 1)), np.ones(4), verbose=0)


def default_loss():
    """Return the loss that `compile` uses when none is given."""
    parameters = inspect.signature(keras.Model.compile).parameters
    return parameters["loss"].default


def loss_falls_without_cross_entropy():
    """Fit y = 2x by mean squared error; say whether the loss fell tenfold."""
    x = np.linspace(-1, 1, 32).reshape(-1, 1)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    history = model.fit(x, 2 * x, epochs=50, verbose=0).history["loss"]
    return history[-1] < history[0] / 10


def validation_split_takes_the_last():
    """Hold a quarter of 0, 1, …, 7 out, and return the validation loss."""
    zeros = keras.layers.Dense(1, kernel_initializer="zeros")  # ①
    model = keras.Sequential([keras.Input((1,)), zeros])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    x, y = np.ones((8, 1)), np.arange(8.0)
    training = model.fit(x, y, validation_split=0.25, shuffle=True, verbose=0)
    return training.history["val_loss"][0]


def plot_held_out(axis, targets, held_out):
    """Draw targets as bars, those of the last `held_out` samples hatched."""
    trained = len(targets) - held_out
    places = range(len(targets))
    axis.bar(places[:trained], targets[:trained], label="fit trains on")
    axis.bar(places[trained:], targets[trained:], hatch="//", label="held out")
    axis.set_xlabel("sample, in the order given to fit")
    axis.set_ylabel("target")
    axis.legend()


def count_updates(samples, batch_size, epochs):
    """Count the updates of `fit`: the last batch may be a small one."""
    return math.ceil(samples / batch_size) * epochs


def count_updates_of_full_batches(samples, batch_size, epochs):
    """Count them as if `fit` went through all epochs in one row."""
    return samples * epochs // batch_size


def score_entities_with_f1(y_true, y_pred):
    """Hand integer tags to Keras's F1 score."""
    return keras.metrics.F1Score()(np.array(y_true), np.array(y_pred))
