"""Claims of the article about Keras, each run in its smallest form."""

import inspect

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
    x, y = np.ones((8, 3)), np.ones(8)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    before = np.concatenate([w.ravel() for w in model.get_weights()])
    changed = {}
    for step in ("compile", "fit"):
        if step == "compile":
            model.compile("sgd", "mse")
        else:
            model.fit(x, y, verbose=0)
        now = np.concatenate([w.ravel() for w in model.get_weights()])
        changed[step] = int((now != before).sum())
    return changed


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
    """Find which samples `validation_split=0.25` holds out of 0, 1, …, 7.

    The model always predicts 0, so the validation loss is the mean square
    of the targets held out: (6² + 7²) / 2 for the last two.
    """
    y = np.arange(8.0)
    zeros = keras.layers.Dense(1, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), zeros])
    model.compile(keras.optimizers.SGD(0.0), "mse")  # nothing is learned
    x = np.ones((8, 1))
    history = model.fit(x, y, validation_split=0.25, shuffle=True, verbose=0)
    return history.history["val_loss"][0]


def score_entities_with_f1(y_true, y_pred):
    """Hand integer tags to Keras's F1 score."""
    return keras.metrics.F1Score()(np.array(y_true), np.array(y_pred))
