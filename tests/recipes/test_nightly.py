"""The reference runs on tomorrow's Keras; nothing is installed and no process starts here."""

import os
import re
import subprocess
import types

import pytest

from bookkit.errors import BookError
from bookkit.paths import BOOK, CODE
from kerasbook import isolation
from kerasbook.outlook.coming import watching
from kerasbook.outlook.coming.watches import WATCHES
from recipes import ON_SAMPLE, nightly

NAMES = [watch.__name__ for watches in WATCHES.values() for watch in watches]


@pytest.fixture
def elsewhere(monkeypatch):
    """Answer for the other processes; note where they would have looked for packages."""
    paths, installed, states = [], [], {}

    def look(watches, backend):
        paths.append(os.environ["PYTHONPATH"].split(os.pathsep))
        return {each.__name__: states.get(each.__name__, "holds") for each in watches}

    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(watching, "check_watches_on_backend", look)
    monkeypatch.setattr(nightly, "install", lambda *names: installed.append(names))
    monkeypatch.setattr(nightly, "judge", lambda: {"version": "9.9.9"})
    return types.SimpleNamespace(paths=paths, installed=installed, states=states)


def test_a_run_counts_what_changed_and_names_each_watch(elsewhere):
    elsewhere.states["nnx_is_off"] = "changed"
    told = nightly._look(0, package="keras-nightly")
    assert told["changed"] == 1
    assert told["watches"] == len(NAMES)
    assert told["version"] == "9.9.9"
    assert [name for name in NAMES if told[name] == 0] == ["nnx_is_off"]
    ((package, folder),) = elsewhere.installed
    assert package == "keras-nightly"
    assert elsewhere.paths == [[folder, str(CODE)]] * len(WATCHES)  # the nightly build comes first


def test_today_needs_no_installation(elsewhere):
    assert nightly._look(0, package=None)["changed"] == 0
    assert elsewhere.installed == []


def test_a_watch_that_cannot_answer_stops_the_run(elsewhere):
    elsewhere.states["nnx_is_off"] = "AttributeError: gone"
    with pytest.raises(BookError, match=r"to be mended: \{'nnx_is_off': 'AttributeError: gone'\}"):
        nightly._look(0, package=None)


def test_a_package_is_installed_alone(monkeypatch):
    def run(command, **settings):
        called.append(command)
        return types.SimpleNamespace(returncode=code, stderr="no such package\n")

    called, code = [], 0
    monkeypatch.setattr(subprocess, "run", run)
    nightly.install("keras-nightly", "folder")
    assert "--no-deps" in called[0]
    assert called[0][-3:] == ["--target", "folder", "keras-nightly"]
    code = 1
    with pytest.raises(BookError, match="keras-nightly cannot be installed: no such package"):
        nightly.install("keras-nightly", "folder")


def test_the_judgment_is_read_behind_what_libraries_print(monkeypatch):
    answers = iter(['hello\njudged:{"accuracy": 0.5}', "ImportError: no jax"])
    monkeypatch.setattr(isolation, "run_without", lambda *args, **settings: next(answers))
    assert nightly.judge() == {"accuracy": 0.5}
    with pytest.raises(BookError, match="cannot be judged: ImportError: no jax"):
        nightly.judge()


def test_the_published_runs_know_every_watch_and_the_page_shows_it(published):
    assert "nightly" in ON_SAMPLE
    text = (BOOK / "en" / "outlook" / "coming.md").read_text(encoding="utf-8")
    for recipe in ("installed", "nightly"):
        assert set(NAMES) < published("nightly", recipe).keys()
        assert sorted(re.findall(rf"nightly/{recipe}/(\w+)/min:holds", text)) == sorted(NAMES)
