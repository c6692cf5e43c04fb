"""Files that do not load: layers of one's own, and a file of Keras 2."""

import json

import h5py
import keras


class Scale(keras.layers.Layer):
    """Multiply by a factor; written as one does at first."""

    def __init__(self, factor, **settings):
        super().__init__(**settings)
        self.factor = factor

    def call(self, inputs):
        """Multiply."""
        return self.factor * inputs


@keras.saving.register_keras_serializable("book")
class SavedScale(Scale):
    """Multiply by a factor; says what it must be made with."""

    def get_config(self):
        """Return what `__init__` takes."""
        return {**super().get_config(), "factor": self.factor}


def build_forecaster():
    """Build a network that reads five steps of three numbers."""
    layers = [keras.layers.LSTM(4), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((5, 3)), *layers])


def age_file(path):
    """Describe the layers of an `.h5` file as Keras 2 did.

    Keras 2 had an argument `time_major` in `LSTM`, and wrote it.
    """
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "LSTM":
                layer["config"]["time_major"] = False
        file.attrs["model_config"] = json.dumps(config)
