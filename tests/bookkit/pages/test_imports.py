"""What code imports, as Python and as pip call it."""

import ast
import re
import sys

import pytest

from bookkit.pages import imports
from kerasbook.isolation import run_without


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


STARTS = "import subprocess\n"
KERAS = "import os\nos.environ['KERAS_BACKEND'] = '{}'\n"


@pytest.mark.parametrize(
    ("cells", "packages"),
    [
        # a program in a string, whole, on one line, and in parts
        (["code = '''\nimport keras\nfrom sklearn import svm\n'''"], {"keras", "scikit-learn"}),
        (["run('import torch; torch.zeros(1)')"], {"torch"}),
        (["code = f'''\n{head}\n  import keras_hub as hub, json\n'''"], {"keras-hub"}),
        # prose is none, and what a docstring shows runs nowhere
        (["print('from here on')\nprint('import is a word')"], set()),
        (["def f():\n    '''Like\n\n    import torch\n    '''"], set()),
        # a backend that a process is given, in another cell too
        ([STARTS, "for name in ('jax', 'torch'):\n    run(code, name)"], {"jax", "torch"}),
        ([STARTS, "run('', 'KERAS_BACKEND=jax')"], {"jax"}),
        ([STARTS, "run_without(code, backend='numpy')"], {"jax"}),
        (["names = ['jax', 'torch']"], set()),
        ([STARTS, "run(code, hidden=('torch',))\nHIDE.format(packages={'jax'})"], set()),
        # what is looked for is no need
        ([STARTS, "found = [n for n in ('jax', 'torch') if find_spec(n)]"], set()),
        # packages whose metadata are read
        (["import importlib.metadata\nimportlib.metadata.files('keras-hub')"], {"keras-hub"}),
        (["import importlib.metadata\nimportlib.metadata.version(name).count('x')"], set()),
        # what libraries import when they are used
        ([KERAS.format("tensorflow"), "m.export('a', format='onnx')"], {"tensorflow", "tf2onnx"}),
        ([KERAS.format("jax"), "m.export('a', 'onnx')"], {"flax", "jax", "jax2onnx"}),
        ([KERAS.format("jax"), "m.export('a')"], {"jax", "tensorflow"}),
        ([KERAS.format("jax"), "m.export('a', format='litert')"], {"jax"}),
        (["exported = m.export('a', format='onnx')"], set()),
        (["import pandas as pd\npd.read_excel('a')"], {"openpyxl", "pandas"}),
        (["from onnxruntime.quantization import quantize_dynamic"], {"onnx", "onnxruntime"}),
        (["SKLearnClassifier(model)"], {"scikit-learn"}),
        (["weights = 'model.safetensors'"], {"safetensors"}),
    ],
)
def test_needs_are_what_runs_later_or_elsewhere_too(cells, packages):
    found = imports.needs(map(ast.parse, cells)) - sys.stdlib_module_names
    assert found == packages


# Which formats Keras writes where everything else is out of sight, and what it asks for.
PROGRAM = """
import warnings
warnings.simplefilter("ignore")
import keras
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model(keras.ops.zeros((1, 2)))
for form, name in {names!r}.items():
    try:
        model.export(name, format=form, verbose=False)
        print(form + ":", "written")
    except Exception as error:
        print(form + ":", type(error).__name__, str(error).partition("\\n")[0])
"""
NAMES = {
    "tf_saved_model": "m",
    "onnx": "m.onnx",
    "openvino": "m.xml",
    "litert": "m.tflite",
    "torch": "m.pt2",
}


@pytest.mark.weekly
@pytest.mark.parametrize("backend", sorted(imports.BACKENDS))
def test_exporters_ask_for_what_the_table_says_and_for_nothing_else(backend):
    known = {each for one in imports.EXPORTERS.values() for more in one.values() for each in more}
    hidden = {name.replace("-", "_") for name in known | imports.BACKENDS} - {backend}
    said = run_without(PROGRAM.format(names=NAMES), hidden=tuple(hidden), backend=backend)
    outcomes = dict(line.split(": ", 1) for line in said.splitlines())
    assert list(outcomes) == list(NAMES)
    for form, outcome in outcomes.items():
        if needed := imports.EXPORTERS.get(form, {}).get(backend):
            assert outcome.startswith(("ImportError", "ModuleNotFoundError")), form
            names = {spelled for name in needed for spelled in (name, name.replace("-", "_"))}
            assert any(re.search(rf"\b{name}\b", outcome) for name in names), (form, outcome)
        else:  # written, or a format that this backend has none of
            assert outcome == "written" or re.match("ValueError.* backend", outcome), form
