"""The short way of each page about a task, pasted into a file in an empty folder, does the task.

All run as the first cell of their page. Alone, a fixed sample runs on the backend that it chooses,
one for each way to need something; weekly all do, and on each other backend that the comment names.
"""

import os
import re
import subprocess
import sys

import pytest

from bookkit.checks.book import Book
from bookkit.checks.short import TASKS
from bookkit.languages import ORIGINAL
from bookkit.paths import ROOT

CHOICE = re.compile(r'^os\.environ\["KERAS_BACKEND"\] = "(\w+)"(?:  # or (.*))?$', re.MULTILINE)
OTHER = re.compile(r'"(\w+)"')
CELLS = {
    name: page.cells[0].source
    for name, page in Book(ROOT).trees[ORIGINAL].items()
    if name.startswith(TASKS) and page.cells
}
SAMPLED = (
    "workflow/setup",
    "workflow/testing",
    "beyond/pretrained-images",
    "beyond/safe-files",
    "outlook/adapting",
)
assert set(SAMPLED) <= set(CELLS)


def _others(source):
    chosen = CHOICE.search(source)
    return OTHER.findall(chosen[2] or "") if chosen else []


def run(source, folder):
    """Run a program in a folder of its own; return what it printed."""
    path = folder / "short.py"
    path.write_text(source, encoding="utf-8")
    hidden = ("PYTHONPATH", "KERAS_BACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    finished = subprocess.run(
        [sys.executable, "-P", path.name], cwd=folder,
        env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_HOME": str(folder / "keras")},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize(
    "name",
    [*SAMPLED, *(pytest.param(n, marks=pytest.mark.weekly) for n in CELLS if n not in SAMPLED)],
)
def test_it_runs_alone_and_prints_what_it_found(name, tmp_path):
    assert re.search(r"\w", run(CELLS[name], tmp_path))


@pytest.mark.weekly
@pytest.mark.parametrize(
    ("name", "backend"), [(name, each) for name in CELLS for each in _others(CELLS[name])]
)
def test_it_runs_on_each_backend_that_it_names(name, backend, tmp_path):
    found = CHOICE.search(CELLS[name])
    source = CELLS[name].replace(found[0], f'os.environ["KERAS_BACKEND"] = "{backend}"')
    assert re.search(r"\w", run(source, tmp_path))
