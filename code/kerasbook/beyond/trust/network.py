"""The network that the page on trust examines."""

import math

import keras
from scipy.special import softmax

from kerasbook.networks import convolution_block


def build_judged_network(widths=(16, 32, 64), num_classes=10):
    """Map images `(batch, 32, 32, 3)`, from 0 to 1, to logits."""
    layers = [keras.Input((32, 32, 3))]
    for filters in widths:
        layers += convolution_block(filters, momentum=0.9)
    layers += [keras.layers.Flatten(), keras.layers.Dense(num_classes)]
    return keras.Sequential(layers)


def train_judged(images, labels, *, epochs=15, callbacks=()):
    """Train a new network with Adam and cosine decay of the learning rate."""
    model = build_judged_network()
    steps = epochs * math.ceil(len(labels) / 50)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    settings = {"batch_size": 50, "verbose": 0, "callbacks": list(callbacks)}
    model.fit(images, labels, epochs=epochs, **settings)
    return model


def ask_network(model, images, temperature=1.0):
    """Softmax of logits over a temperature: probabilities `(n, classes)`."""
    logits = model.predict(images, batch_size=500, verbose=0)
    return softmax(logits / temperature, axis=1)
