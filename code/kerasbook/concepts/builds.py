"""One network built in three ways (§2.2.1)."""

import keras


def build_sequential(num_features=64, num_classes=10):
    """Build the network as a list of layers, each fed by the one before."""
    return keras.Sequential(
        [
            keras.Input((num_features,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )


def build_functional(num_features=64, num_classes=10, *, shortcut=False):
    """Build it by calling layers on placeholders; may add a shortcut."""
    inputs = keras.Input((num_features,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    if shortcut:
        hidden = keras.layers.Concatenate()([inputs, hidden])
    outputs = keras.layers.Dense(num_classes, activation="softmax")(hidden)
    return keras.Model(inputs, outputs)


class SubclassedNetwork(keras.Model):
    """The same network as a class."""

    def __init__(self, num_classes=10):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.classify = keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        """From (batch, features) to probabilities (batch, classes)."""
        return self.classify(self.hidden(inputs))
