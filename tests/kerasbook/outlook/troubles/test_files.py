import json

import h5py
import keras
import numpy as np
import pytest

from kerasbook.outlook.troubles.files import SavedScale, Scale, age_file, build_forecaster


def test_a_scale_multiplies():
    assert Scale(3.0)(np.ones((1, 2))).numpy().tolist() == [[3, 3]]


def test_a_saved_scale_comes_back_with_its_factor(tmp_path):
    model = keras.Sequential([keras.Input((2,)), SavedScale(3.0)])
    model.save(tmp_path / "own.keras")
    (layer,) = keras.models.load_model(tmp_path / "own.keras").layers
    assert isinstance(layer, SavedScale)
    assert layer.factor == 3


def test_an_aged_file_names_an_argument_of_keras_2_and_keeps_the_numbers(tmp_path):
    path = tmp_path / "old.h5"
    model = build_forecaster()
    model.save(path)
    age_file(path)
    with h5py.File(path) as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
    assert [layer["config"].get("time_major") for layer in layers] == [None, False, None]
    with pytest.raises(ValueError, match="time_major"):
        keras.models.load_model(path)
    again = build_forecaster()
    again.load_weights(path)
    for before, after in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
