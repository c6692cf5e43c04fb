import ast
import importlib
import inspect
from pathlib import Path

import pytest

from kerasbook.outlook.review.names import (
    arguments,
    base_classes,
    describe,
    follow_path,
    importable_paths,
    imported_frameworks,
    imported_from,
    merge_bindings,
    methods,
    offered_names,
    one_step,
    read_bindings,
    read_package,
    shortest_paths,
    with_methods,
)

OLD = {
    "keras/__init__.py": "from .models import Sequential",
    "keras/models.py": """
from .layers.core import Layer
from .engine import training as t
class Sequential(t.Trainer, Layer):
    def __init__(self, layers=None, *, name=None): ...
    def add(self, layer): ...
    def _hidden(self): ...
""",
    "keras/engine/__init__.py": "from .training import Trainer",
    "keras/engine/training.py": "class Trainer:\n    def fit(self, x, nb_epoch=1): ...",
    "keras/layers/__init__.py": "from .core import *\nfrom ..models import Sequential as Seq",
    "keras/layers/core.py": """
import numpy as np
from numpy import sqrt
try:
    from elsewhere import Layer
except ImportError:
    if np:
        class Layer: ...
class Dense(Layer):
    def __init__(self, units, activation=None, **kwargs): ...
Affine = Full = Dense
_private = Dense
""",
    "keras/backend/__init__.py": "from .one_backend import *",
    "keras/backend/one_backend.py": "def mean(x, axis=None, *, keep=False): ...",
    "keras/tests/test_all.py": "def test_all(): ...",
}


@pytest.fixture(scope="module")
def old():
    return read_package(OLD)


def test_bindings_by_hand():
    text = "from .core import *\nfrom a import b as c\ndef d(): ...\nE = f = d\nx.y = d\nz = 1"
    found = read_bindings(ast.parse(text))
    assert {name: type(what).__name__ for name, what in found.items()} == {
        "*": "list", "c": "ImportFrom", "d": "FunctionDef", "E": "str", "f": "str", "x.y": "str",
    }  # fmt: skip
    assert [star.module for star in found["*"]] == ["core"]


def test_blocks_add_to_what_was_bound_before():
    found = {"*": ["before"], "a": "x"}
    merge_bindings(found, ast.parse("if 1:\n  from m import *\n  def b(): ...").body[0])
    assert found["*"][0] == "before"
    assert len(found["*"]) == 2
    assert set(found) == {"*", "a", "b"}


@pytest.mark.parametrize(
    ("text", "package", "module"),
    [
        ("from a.b import c", "keras.layers", "a.b"),
        ("from . import c", "keras.layers", "keras.layers"),
        ("from .b import c", "keras.layers", "keras.layers.b"),
        ("from ..b import c", "keras.layers", "keras.b"),
    ],
)
def test_imports_are_relative_to_the_package(text, package, module):
    assert imported_from(package, ast.parse(text).body[0]) == module


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("keras.layers.Dense", "keras.layers.core"),  # a star
        ("keras.layers.core.Full", "keras.layers.core"),  # an alias
        ("keras.Sequential", "keras.models"),
        ("keras.layers.Seq", "keras.models"),  # another name
        ("keras.backend.mean", "keras.backend.one_backend"),
    ],
)
def test_paths_lead_to_their_definition(old, path, module):
    found, node = follow_path(old, path)
    assert found == module
    assert node.name in {"Dense", "Sequential", "mean"}


@pytest.mark.parametrize("path", ["keras.layers.Nothing", "nowhere.x", "keras.layers.core.sqrt"])
def test_what_leads_out_of_the_package_is_not_found(old, path):
    assert follow_path(old, path) is None


def test_imports_in_a_circle_end():
    circle = read_package({"a.py": "from b import x", "b.py": "from a import x\nfrom a import *"})
    assert follow_path(circle, "a.x") is None
    assert follow_path(circle, "a.y") is None
    assert offered_names(circle, "b") == {"x"}


def test_one_step_and_offered_names(old):
    assert one_step(old, "keras.layers", "Seq") == "keras.models.Sequential"
    assert one_step(old, "keras.layers.core", "Affine") == "keras.layers.core.Dense"
    assert {"Seq", "Dense", "Affine", "_private"} < offered_names(old, "keras.layers")


def test_paths_for_users_and_the_shortest_of_each(old):
    paths = importable_paths(old, "keras")
    assert "keras.layers.core.Dense" in paths
    assert not [path for path in paths if "_" in path or "tests" in path]
    assert shortest_paths(paths) == {
        "keras.Sequential", "keras.backend.mean", "keras.layers.Affine", "keras.layers.Layer",
        "keras.engine.Trainer",
    }  # fmt: skip


def test_of_equally_short_paths_the_owners_comes_first_and_engine_last():
    files = {
        "keras/a.py": "from .b import f\nfrom .engine import g",
        "keras/b.py": "def f(): ...",
        "keras/engine.py": "def g(): ...",
    }
    assert shortest_paths(importable_paths(read_package(files), "keras")) == {
        "keras.b.f", "keras.a.g",
    }  # fmt: skip


def test_methods_and_arguments_are_inherited(old):
    sequential = follow_path(old, "keras.Sequential")
    assert [node.name for _, node in base_classes(old, *sequential)] == [
        "Sequential", "Trainer", "Layer",
    ]  # fmt: skip
    assert set(methods(old, *sequential)) == {"__init__", "add", "_hidden", "fit"}
    assert arguments(old, *sequential) == ["layers", "name"]
    assert arguments(old, *follow_path(old, "keras.backend.mean")) == ["x", "axis", "keep"]
    assert arguments(old, *follow_path(old, "keras.layers.Layer")) == []


def test_methods_of_models_count(old):
    found = with_methods(old, {"keras.Sequential": follow_path(old, "keras.Sequential")})
    assert found == {
        "keras.Sequential": ["layers", "name"],
        "keras.Sequential.add": ["layer"],
        "keras.Sequential.fit": ["x", "nb_epoch"],
    }


def test_a_generated_list_of_names_counts_alone():
    files = {
        "keras/__init__.py": "",
        "keras/layers.py": "class Dense: ...\nclass Helper: ...",
        "keras/api/_v2/keras/layers/__init__.py": "from keras.layers import Dense",
        "keras/api/_v2/keras/__init__.py": "",
    }
    every, counted = describe(files)
    assert counted == {"keras.layers.Dense"}
    assert set(every) == {"keras.layers.Dense", "keras.layers.Helper"}


def test_frameworks_are_those_imported_outside_tests():
    files = {
        "keras/a.py": "  import theano.tensor as T\nfrom tensorflow import x\nimport numpy",
        "keras/a_test.py": "import cntk",
        "keras/tests/b.py": "import mxnet",
        "keras/c.py": "# import plaidml\nx = 'import jax'",
    }
    assert imported_frameworks(files) == ["tensorflow", "theano"]


def named(path):
    """Return what an import of a path gives, or None."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:  # a method of a class
        return getattr(named(module), name, None)


@pytest.fixture(scope="module")
def installed():
    """Read the installed Keras as the old ones were read."""
    folder = Path(importlib.import_module("keras").__file__).parent
    wanted = (path for path in folder.rglob("*.py") if not path.stem.endswith("_test"))
    files = {path.relative_to(folder.parent).as_posix(): path.read_text("utf-8") for path in wanted}
    return describe(files)


def test_all_that_we_read_of_the_installed_keras_can_be_imported(installed):
    every, counted = installed
    assert counted <= set(every)
    assert [
        path for path in every if not callable(named(path)) and not inspect_property(path)
    ] == []


def inspect_property(path):
    """Say whether a path leads to a property, which no call needs."""
    return isinstance(named(path), property)


def test_we_read_all_that_the_installed_keras_offers(installed):
    every, counted = installed
    for module in ("keras", "keras.layers", "keras.losses", "keras.ops", "keras.optimizers"):
        space = importlib.import_module(module)
        there = {
            f"{module}.{name}"
            for name, each in vars(space).items()
            if (inspect.isclass(each) or inspect.isfunction(each)) and not name.startswith("_")
        }
        assert there - set(every) == set()
    own = [path for path in counted if not path.startswith(("keras.Model.", "keras.Sequential."))]
    assert len({id(named(path)) for path in own}) == len(own)  # none is counted twice


@pytest.mark.parametrize(
    "path",
    [
        "keras.layers.Dense", "keras.layers.LSTM", "keras.optimizers.Adam", "keras.Model.fit",
        "keras.Sequential.compile", "keras.losses.Huber", "keras.ops.matmul", "keras.utils.Progbar",
        "keras.callbacks.EarlyStopping", "keras.Sequential.export",
    ],
)  # fmt: skip
def test_arguments_are_those_of_the_installed_keras(installed, path):
    signature = inspect.signature(named(path))
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    expected = [name for name, each in signature.parameters.items() if each.kind not in variable]
    assert installed[0][path] == [name for name in expected if name != "self"]
