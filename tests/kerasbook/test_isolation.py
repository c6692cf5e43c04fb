"""Programs run without some packages: what they say, what they see, what they leave."""

import importlib.util
import inspect
import math
import os
import subprocess
from pathlib import Path

import pytest

from kerasbook.isolation import call_on_backend, error_line, run_without, source_of

# `colorsys` is a small module of the standard library that nothing here imports.
FOUND = "import importlib.util\nprint(importlib.util.find_spec({!r}) is not None)"


def test_output_comes_back_without_its_last_line_end():
    assert run_without("print(6 * 7)\nprint('朵')") == "42\n朵"


def test_a_hidden_package_is_missing_like_one_never_installed():
    never = run_without("import nothing_such")
    assert never == "ModuleNotFoundError: No module named 'nothing_such'"
    hidden = run_without("import numpy", hidden=("numpy",))
    assert hidden == never.replace("nothing_such", "numpy")


def test_submodules_are_hidden_with_their_package():
    said = run_without("from scipy.special import erf", hidden=("scipy",))
    assert said == "ModuleNotFoundError: No module named 'scipy'"


def test_other_packages_stay_in_sight():
    assert run_without("import numpy; print(numpy.ones(2).sum())", hidden=("scipy",)) == "2.0"
    assert run_without(FOUND.format("numpy"), hidden=("num", "numpyro", "scipy")) == "True"


def test_a_hidden_package_has_no_spec():
    assert run_without(FOUND.format("colorsys")) == "True"
    assert run_without(FOUND.format("colorsys"), hidden=("colorsys",)) == "False"


def test_this_process_is_left_alone():
    run_without("pass", hidden=("numpy",))
    assert importlib.util.find_spec("numpy") is not None


def test_what_was_printed_before_the_error_is_kept():
    said = run_without("print('before')\n1 / 0")
    assert said == "before\nZeroDivisionError: division by zero"


def test_an_error_that_was_caught_does_not_count():
    code = "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()"
    assert run_without(code + "\nprint('well')") == "well"


@pytest.mark.parametrize("before", [None, "torch"])
@pytest.mark.parametrize("backend", [None, "jax"])
def test_the_backend_is_the_one_asked_for(monkeypatch, before, backend):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    if before:
        monkeypatch.setenv("KERAS_BACKEND", before)
    code = "import os; print(os.environ.get('KERAS_BACKEND'))"
    assert run_without(code, backend=backend) == str(backend)
    assert os.environ.get("KERAS_BACKEND") == before


def test_the_folder_and_keras_home_are_empty_and_go_away(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "elsewhere")
    folder = Path(
        run_without("import os; print(os.environ['KERAS_HOME']); assert not os.listdir('.')")
    )
    assert folder.is_absolute()
    assert not folder.exists()
    here = "import os; print(os.path.samefile('.', os.environ['KERAS_HOME']), os.listdir('.'))"
    assert run_without(here) == "True []"


def test_names_given_as_one_string_are_refused():
    with pytest.raises(ValueError, match=r"^Expected a tuple\. Received: hidden='jax'$"):
        run_without("pass", hidden="jax")


def test_an_end_without_an_error_of_python_is_not_passed_over():
    with pytest.raises(RuntimeError, match="Received: exit status 3, ''"):
        run_without("raise SystemExit(3)")


def test_a_program_that_hangs_is_stopped():
    with pytest.raises(subprocess.TimeoutExpired):
        run_without("import time; time.sleep(60)", timeout_s=1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", None),
        ("a warning\nI0000 some log line\n", None),
        (
            "Traceback\nKeyError: 'a'\n\nDuring handling\n\nTraceback\nTypeError: b\n",
            "TypeError: b",
        ),
        ("ValueError: first\nsecond\n  third Error\n", "ValueError: first"),
        ("NotImplementedError\n", "NotImplementedError"),
        ("jax.errors.JaxRuntimeError: no\n", "jax.errors.JaxRuntimeError: no"),
        ("\x1b[1mValueError\x1b[0m: \x1b[31mred\x1b[0m\n", "ValueError: red"),
        ("ImportError: no name 'a' (/usr/b/c.py)\n", "ImportError: no name 'a'"),
        ("ImportError: no name 'a' (C:\\b\\c.py)\n", "ImportError: no name 'a'"),
        (
            "AttributeError: module 'a' from '/tmp/x y/a.py' has no 'b' (most likely due to c)\n",
            "AttributeError: module 'a' from 'a.py' has no 'b' (most likely due to c)",
        ),
        ("ValueError: see 'C:\\b\\c.py' or 'd/e'\n", "ValueError: see 'c.py' or 'd/e'"),
        ("ValueError: shapes (2, 3), (4,)\n", "ValueError: shapes (2, 3), (4,)"),
    ],
)
def test_the_line_that_tells(text, line):
    assert error_line(text) == line


class Scale:
    """A class that goes along with a program."""

    def __init__(self, factor):
        self.factor = factor

    def of(self, number):
        return self.factor * number


def use(number):
    return Scale(2).of(math.sqrt(number))


def test_a_call_gets_its_parts_and_what_stands_above_them():
    found = call_on_backend("jax", [Scale, use], "[use(9), 'é']", header="import math")
    assert found == [6, "é"]


def test_a_call_sees_one_backend():
    names = ("jax", "torch", "sklearn")
    call = f"[os.environ['KERAS_BACKEND']] + [bool(find_spec(n)) for n in {names}]"
    header = "import os\nfrom importlib.util import find_spec"
    assert call_on_backend("torch", [], call, header=header) == ["torch", False, True, False]


@pytest.mark.parametrize("quick", [False, True])
def test_a_call_says_whether_jax_compiles_sooner(monkeypatch, quick):
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    call = "os.environ.get('XLA_FLAGS')"
    found = call_on_backend("jax", [], call, header="import os", quick=quick)
    assert found == ("--xla_backend_optimization_level=0" if quick else None)


def test_the_last_line_counts_and_a_failure_says_where_and_what():
    assert call_on_backend("jax", [], "[print('a line of a library'), 1][1]", header="") == 1
    with pytest.raises(RuntimeError, match=r"^Failed on jax: ValueError: "):
        call_on_backend("jax", [], "math.sqrt(-1)", header="import math")
    with pytest.raises(RuntimeError, match=r"^Failed on jax: nothing was printed$"):
        call_on_backend("jax", [], "1", header="raise SystemExit(0)")


def test_the_source_of_a_class_is_all_of_it():
    assert source_of(Scale) == inspect.getsource(Scale)
    assert source_of(use) == inspect.getsource(use)
