import operator

import keras
import pytest

from kerasbook.beyond.files import config as page


def saved(model):
    return keras.saving.serialize_keras_object(model)


def test_all_dictionaries_are_found_however_deep():
    deep = {"a": 1}
    for _ in range(5000):
        deep = {"in": [deep]}
    assert sum(1 for _ in page.config_parts(deep)) == 5001


def test_names_of_classes_functions_and_of_what_has_no_module():
    config = [
        {"module": "keras.layers", "class_name": "Dense"},
        {"module": "stranger", "class_name": "function", "config": "wave"},
        {"class_name": "__lambda__", "config": {"code": "…"}},
        {"module": None, "class_name": "Mine"},
    ]
    assert page.config_names(config) == [
        "Mine",
        "__lambda__",
        "keras.layers.Dense",
        "stranger.wave",
    ]


def test_a_plain_model_raises_no_question():
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, kernel_regularizer="l2")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dropout(0.1)(keras.layers.Flatten()(x))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.SGD(rate), "mse", metrics=["accuracy"])
    assert page.names_not_allowed(saved(model)) == []
    assert page.names_not_allowed(saved(keras.Sequential([inputs, keras.layers.Flatten()]))) == []


@pytest.mark.parametrize("name", page.CODE_LAYERS)
def test_layers_that_hold_code_are_real_and_questioned(name):
    module, _, class_name = name.rpartition(".")
    assert hasattr(keras.layers, class_name)
    assert page.names_not_allowed({"module": module, "class_name": class_name}) == [name]


def test_names_outside_the_list_are_questioned():
    names = ["os.path", "keras.config.set_backend", "keras.utils.get_file", "kerasx.layers.Dense"]
    config = [dict(zip(("module", "class_name"), n.rsplit(".", 1), strict=True)) for n in names]
    assert page.names_not_allowed(config) == sorted(names)


def test_every_plain_module_is_one_of_keras():
    for module in page.PLAIN_MODULES:
        assert operator.attrgetter(module.removeprefix("keras."))(keras)


def test_a_vocabulary_given_as_a_path_is_a_file_to_be_read():
    config = {"layers": [{"config": {"vocabulary": "diary.txt"}}, {"vocabulary": ["a", "b"]}]}
    assert page.outside_files(config) == ["diary.txt"]
    lookup = keras.layers.StringLookup(vocabulary=["a"])
    assert page.outside_files(saved(lookup)) == []
