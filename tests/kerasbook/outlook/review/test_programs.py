import inspect

import keras
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.outlook.review.answers import careless_share_left, share_left
from kerasbook.outlook.review.dating import fitting_releases
from kerasbook.outlook.review.programs import (
    endless_batches,
    new_convolution,
    new_generator,
    new_labels,
    new_loss,
    new_mean,
    new_optimizer,
    new_rescaling,
    new_saving,
    new_training,
    new_wrapper,
    old_convolution,
    old_generator,
    old_labels,
    old_loss,
    old_mean,
    old_optimizer,
    old_rescaling,
    old_saving,
    old_training,
    old_wrapper,
    small_model,
)
from kerasbook.outlook.review.survival import load_names
from kerasbook.outlook.review.trying import first_sentence, try_program

IMAGES = np.random.default_rng(0).random((8, 12, 12, 1), dtype="float32")
LABELS = np.arange(8) % 4
# What each prints today, and the first release of its year whose names it must use.
OLD = {
    old_labels: ("ImportError: cannot import name 'np_utils' from 'keras.utils'", "1.0.0"),
    old_training: (
        "TypeError: Dense.__init__() missing 1 required positional argument: 'units'", "1.0.0",
    ),
    old_convolution: ("result: (None, 4, 4, 8)", "1.0.0"),
    old_generator: (
        "AttributeError: 'Sequential' object has no attribute 'fit_generator'", "2.2.0",
    ),
    old_loss: ("AttributeError: module 'keras.backend' has no attribute 'mean'", "2.2.0"),
    old_wrapper: ("ModuleNotFoundError: No module named 'keras.wrappers.scikit_learn'", "2.2.0"),
    old_optimizer: ("ValueError: Argument(s) not recognized: {'lr': 0.001}", "2.2.0"),
    old_rescaling: (
        "AttributeError: module 'keras.layers' has no attribute 'experimental'", "2.6.0",
    ),
    old_mean: (
        "ValueError: A KerasTensor cannot be used as input to a TensorFlow function.", "2.12.0",
    ),
    old_saving: ("ValueError: Invalid filepath extension for saving.", "2.12.0"),
}  # fmt: skip
NEW = {
    new_labels: (8, 4),
    new_training: (None, 12, 12, 1),
    new_convolution: (None, 10, 10, 8),
    new_generator: (None, 12, 12, 1),
    new_loss: (8, 12, 12),
    new_wrapper: 4,
    new_optimizer: "adam",
    new_rescaling: (8, 12, 12, 1),
    new_mean: (8, 4),
    new_saving: (None, 4),
}


@pytest.mark.parametrize("program", OLD, ids=lambda each: each.__name__)
def test_what_old_programs_do_today(program, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    try_program(program, IMAGES, LABELS)
    assert capsys.readouterr().out.splitlines()[0] == OLD[program][0]


@pytest.mark.sampled("new_saving")
@pytest.mark.parametrize("program", NEW, ids=lambda each: each.__name__)
def test_mended_programs_run(program, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    keras.utils.clear_session()  # an optimizer's name counts those before it
    result = program(IMAGES, LABELS)
    assert (tuple(result) if isinstance(NEW[program], tuple) else result) == NEW[program]


@pytest.mark.parametrize("program", OLD, ids=lambda each: each.__name__)
def test_old_programs_use_names_of_their_year(program, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    releases, names = load_names()
    versions = [release["version"] for release in releases]
    fits = fitting_releases(names, inspect.getsource(program))
    assert versions.index(OLD[program][1]) in fits


def test_the_mended_rate_falls_as_the_old_one_did():
    import keras

    rate = keras.optimizers.schedules.InverseTimeDecay(0.001, decay_steps=1, decay_rate=0.01)
    assert float(rate(50)) == pytest.approx(0.001 / (1 + 0.01 * 50))


def test_the_small_model_and_its_batches():
    assert small_model((6,)).output_shape == (None, 4)
    batches = endless_batches("images")
    assert [next(batches), next(batches)] == [("images", "images")] * 2


def test_warnings_are_told_once(capsys):
    def program(value):
        import warnings

        warnings.warn("Do not do it. It is old.", UserWarning, stacklevel=1)
        warnings.warn("Do not do it. It is old.", UserWarning, stacklevel=1)
        warnings.warn("Of a library.", DeprecationWarning, stacklevel=1)
        return value

    try_program(program, 3)
    assert capsys.readouterr().out == "result: 3\nIt warns: Do not do it.\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One here. Two.", "One here."),
        ("No `keras.utils` in it. Two.", "No `keras.utils` in it."),
        ("cannot import name 'x' from 'y' (/some/where.py)", "cannot import name 'x' from 'y'"),
        ("\n line one\nline two\n", "line one\nline two"),
    ],
)
def test_first_sentences(text, first):
    assert first_sentence(text) == first


def test_the_answer_and_the_usual_mistake():
    before, after = ["a", "b", "c", "d"], ["a", "b", "x"]
    assert share_left(before, after) == 0.5
    assert careless_share_left(before, after) == pytest.approx(2 / 3)
