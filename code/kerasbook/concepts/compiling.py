"""Compiling a model (§2.2.3): four calls, loss and metric, execution."""

import time

import keras
import numpy as np

from kerasbook.classifier import build_model


def compile_and_fit(training, validation, *, activation="softmax", **settings):
    """Build the network from the same seed, compile it, fit it, return it."""
    keras.utils.set_random_seed(0)
    model = build_model(activation=activation)
    model.compile(metrics=["accuracy"], **settings)  # ①
    model.fit(*training, validation_data=validation, epochs=10, verbose=0)
    return model


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


def label_accuracy(y_true, y_pred):
    """Share of labels on the right side of 0.5; both `(samples, labels)`."""
    return np.mean((np.array(y_pred) > 0.5) == np.array(y_true))


def position_accuracy(y_true, y_pred):
    """Share of samples whose largest output stands at the largest target."""
    return np.mean(np.argmax(y_pred, axis=1) == np.argmax(y_true, axis=1))
