"""Which pages get a forked kernel; and what is said where Keras cannot be imported."""

import os
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from bookkit.running import forked

BACKEND = 'os.environ["KERAS_BACKEND"] = "torch"  # or "jax"'


@pytest.mark.parametrize(
    ("first", "others", "backend"),
    [
        (f"import os\n\n{BACKEND}\n\nimport keras", "", "torch"),
        (BACKEND, "print(os.environ['HOME'])\nrun(env=os.environ | {'A': 'b'})", "torch"),
        (BACKEND, BACKEND, "torch"),
        ("import keras", BACKEND, None),
        (f'{BACKEND}\nos.environ["OMP_NUM_THREADS"] = "1"', "", None),
        (BACKEND, 'os.environ["XLA_FLAGS"] = "--xla"', None),
        (BACKEND, 'os.environ |= {"A": "b"}', None),
        (BACKEND, 'print("keras" in sys.modules)', None),
        (BACKEND, BACKEND.replace("torch", "jax"), None),
    ],
)
def test_a_page_is_forked_that_chooses_a_backend_and_sets_nothing_else(first, others, backend):
    assert forked.backend_of([new_code_cell(first), new_code_cell(others)]) == backend


def test_a_backend_that_cannot_be_imported_is_named_with_what_shows_why():
    with (
        pytest.raises(RuntimeError, match=r"Keras cannot be imported\. Try: KERAS_BACKEND=abacus "),
        Path(os.devnull).open("w") as nowhere,
        forked.Forks(os.environ) as forks,
    ):
        forks.kernel("abacus", {}, [nowhere.fileno()] * 2)
