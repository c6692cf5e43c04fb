import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    """Give the path of a small model's file; its first layer is `dense`."""
    path = tmp_path_factory.mktemp("files") / "model.keras"
    layers = [
        keras.Input((4,)),
        keras.layers.Dense(3, name="dense"),
        keras.layers.Dense(2, name="out"),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    return path


@pytest.fixture(scope="session")
def doubling(tmp_path_factory):
    """Give the path of a model with a harmless lambda."""
    path = tmp_path_factory.mktemp("files") / "lambda.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: 2 * x)]).save(path)
    return path
