import ast

import pytest

from kerasbook.outlook.review.dating import (
    fitting_releases,
    full_path,
    imported_paths,
    used_names,
)

PROGRAM = """
    import keras.backend as K
    import numpy as np
    from tensorflow.keras import layers
    from keras.models import Sequential as Stack

    model = Stack()
    model.add(layers.Dense(4, activation="relu", **more))
    loss = K.mean(np.zeros(3), axis=0)
    model.fit(x, nb_epoch=1)
    unknown.fit(y)
"""
NAMES = {
    "keras.models.Sequential": [[0, 3, True, ""]],
    "keras.models.Sequential.add": [[0, 3, True, "layer"]],
    "keras.models.Sequential.fit": [[0, 1, True, "x nb_epoch"], [2, 3, True, "x epochs"]],
    "keras.layers.Dense": [[1, 3, True, "units activation"]],
}


def test_names_and_keywords_of_a_program():
    assert sorted(used_names(PROGRAM), key=str) == [
        ("keras.backend.mean", "axis"),
        ("keras.backend.mean", None),
        ("keras.layers.Dense", "activation"),
        ("keras.layers.Dense", None),
        ("keras.models.Sequential", None),
        ("keras.models.Sequential.add", None),
        ("keras.models.Sequential.fit", "nb_epoch"),
        ("keras.models.Sequential.fit", None),
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("import keras", {"keras": "keras"}),
        ("import tensorflow.keras as k", {"k": "keras"}),
        ("import keras.layers", {}),  # binds keras, which then stands for itself
        ("from keras import layers as L, ops", {"L": "keras.layers", "ops": "keras.ops"}),
        ("from . import other", {}),
    ],
)
def test_imports_say_what_is_called_how(text, places):
    assert imported_paths(ast.parse(text)) == places


def test_full_paths():
    call = ast.parse("K.mean(x)").body[0].value
    assert full_path(call.func, {"K": "keras.backend"}) == "keras.backend.mean"
    assert full_path(ast.parse("dot").body[0].value, {}) == "dot"


def test_a_program_fits_the_releases_that_have_all_its_names():
    assert fitting_releases(NAMES, PROGRAM) == [1]  # `K.mean` and `axis` are not in the record
    assert fitting_releases(NAMES, PROGRAM.replace("nb_epoch", "epochs")) == [2, 3]
    assert fitting_releases(NAMES, "x = 1") == []
