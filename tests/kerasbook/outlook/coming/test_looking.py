"""Looking at watches: three answers, here and in another process."""

import pytest

from kerasbook.outlook.coming import looking
from kerasbook.outlook.coming.looking import WATCH_IMPORTS, look, look_elsewhere


def always():
    """It holds."""
    return True


def never():
    """It does not."""
    return []


def broken():
    """It cannot say."""
    raise ModuleNotFoundError("No module named 'paddle'")


def test_a_watch_holds_has_changed_or_met_an_error():
    assert look(always) == "holds"
    assert look(never) == "changed"
    assert look(broken) == "ModuleNotFoundError: No module named 'paddle'"


def program_without_keras(monkeypatch):
    """Let look_elsewhere run its programs here and at once."""

    def run(code, *, hidden, backend):
        said.append((hidden, backend))
        lines = []
        exec(code.removeprefix(WATCH_IMPORTS), {"print": lambda *a: lines.append(" ".join(a))})
        return "\n".join(["a line of a library", *lines])

    said = []
    monkeypatch.setattr(looking, "run_without", run)
    return said


def test_another_process_gets_the_source_and_answers_by_name(monkeypatch):
    said = program_without_keras(monkeypatch)
    assert look_elsewhere((always, never, broken), "torch") == {
        "always": "holds",
        "never": "changed",
        "broken": "ModuleNotFoundError: No module named 'paddle'",
    }
    assert said == [(("tensorflow",), "torch")]


def test_a_process_that_ends_early_is_no_answer(monkeypatch):
    monkeypatch.setattr(looking, "run_without", lambda *a, **k: "ImportError: no torch")
    with pytest.raises(RuntimeError, match=r"Received: 'ImportError: no torch'"):
        look_elsewhere((always,), "torch")
