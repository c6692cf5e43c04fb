"""Facts that the page shows and the ledger tells in words only, drawings, and its exercise."""

import sys

import pytest
from matplotlib.figure import Figure

from kerasbook.errata import facts
from kerasbook.errata.names import missing_imports
from kerasbook.grading import grade


def test_a_model_that_was_never_compiled_refuses_to_train():
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before using the model\."):
        facts.fit_uncompiled()


def test_what_is_held_out_is_drawn_apart():
    axis = Figure().subplots()
    facts.plot_held_out(axis, [5, 6, 7], held_out=1)
    assert [(bar.get_x() + 0.4, bar.get_height()) for bar in axis.patches] == [
        (0, 5), (1, 6), (2, 7),
    ]  # fmt: skip
    assert [bar.get_hatch() for bar in axis.patches] == [None, None, "//"]
    labels = [text.get_text() for text in axis.get_legend().get_texts()]
    assert labels == ["fit trains on", "held out"]


CASES = [((64, 32, 2), 4), ((50, 32, 1), 2), ((50, 32, 3), 6)]


def test_the_grader_tells_the_last_batch_from_none():
    assert grade(facts.count_updates, CASES) == "Right in all 3 cases."
    assert grade(facts.count_updates_of_full_batches, CASES) == (
        "Wrong for (50, 32, 1): expected 2, received 1."
    )


@pytest.mark.parametrize(("samples", "batch_size"), [(50, 32), (64, 32), (1, 8)])
def test_counted_updates_are_those_of_fit(samples, batch_size):
    updates = facts.updates_in_fit(samples, batch_size)
    assert facts.count_updates(samples, batch_size, epochs=1) == updates["fit"]


@pytest.mark.parametrize(
    ("program", "missing"),
    [
        ("import keras", []),
        ("import keras.layers, numpy.nothing", []),
        ("from keras.utils import np_utils, to_categorical", ["keras.utils.np_utils"]),
        ("from tensorflow.keras.layers import Dense, LSTMV2", ["tensorflow.keras.layers.LSTMV2"]),
        (
            "from keras.preprocessing.image import ImageDataGenerator as I",
            ["keras.preprocessing.image.ImageDataGenerator"],
        ),
        ("from tensorflow.keras.preprocessing.image import ImageDataGenerator", []),
        ("import keras.wrappers.scikit_learn as w", ["keras.wrappers.scikit_learn"]),
        ("def f():\n    from keras.layers.embeddings import E", ["keras.layers.embeddings.E"]),
        ("from kerastuner import Tuner\nfrom . import keras", []),
    ],
)
def test_an_import_that_keras_lacks_is_listed(program, missing):
    assert missing_imports(program) == missing


def test_without_tensorflow_all_that_comes_from_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.delitem(sys.modules, "tensorflow.keras", raising=False)
    program = "from tensorflow.keras.layers import Dense"
    assert missing_imports(program) == ["tensorflow.keras.layers.Dense"]


def test_what_is_no_python_is_named_with_its_line():
    with pytest.raises(SyntaxError, match="line 2"):
        missing_imports("import keras\n!pip install keras")
