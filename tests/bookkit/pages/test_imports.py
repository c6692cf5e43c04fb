"""What code imports, as Python and as pip call it."""

import ast

import pytest

from bookkit.pages import imports


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import numpy as np, os.path", {"numpy", "os"}),
        ("from sklearn.svm import LinearSVC", {"sklearn"}),
        ("def late():\n    import keras", {"keras"}),
        ("from . import near\nfrom .near import far", set()),
        ("x = 1", set()),
    ],
)
def test_modules_are_those_at_the_top(code, modules):
    assert imports.modules(ast.parse(code)) == modules


def test_packages_have_the_names_of_pip_and_hold_the_backend():
    cells = [
        "import os\nos.environ['KERAS_BACKEND'] = \"jax\"\nimport keras",
        "import sklearn, keras_hub",
    ]
    found = imports.packages(map(ast.parse, cells))
    assert found == {"os", "jax", "keras", "scikit-learn", "keras-hub"}


def test_a_backend_that_is_only_read_is_none():
    tree = ast.parse("print(os.environ['KERAS_BACKEND'])")
    assert imports.packages([tree]) == set()
