"""Every program that the book gives away runs alone: in an empty folder, without the book."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bookkit.languages import ORIGINAL
from bookkit.paths import BOOK, CODE, pages
from bookkit.web import programs

# One process for all, since TensorFlow takes ten seconds to import; each program starts from an
# empty namespace.
RUN_EACH = """
import json, runpy, sys

sys.modules["kerasbook"] = sys.modules["bookkit"] = None  # an import of them fails
problems = []
for path, names in json.load(sys.stdin).items():
    try:
        made = runpy.run_path(path)
        problems += [f"{path} does not define {name}" for name in names if name not in made]
    except Exception as error:
        problems.append(f"{path}: {type(error).__name__}: {error}")
print(json.dumps(problems))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write every program of every page; return the names that each file must define."""
    folder = tmp_path_factory.mktemp("programs")
    found = {}
    for page in pages(BOOK / ORIGINAL):
        script = programs.script_of(page, BOOK / ORIGINAL / f"{page}.md", CODE)
        for wanted, text in script.programs.items():
            path = folder / f"{len(found)}.py"
            path.write_text(text, encoding="utf-8")
            found[str(path)] = wanted.split()
    return found


def test_each_program_defines_what_it_is_for(written, tmp_path):
    assert len(written) > 700
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    answer = subprocess.run(
        [sys.executable, "-P", "-c", RUN_EACH], input=json.dumps(written), cwd=tmp_path,
        env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_HOME": str(tmp_path / "keras")},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == []  # nothing else is printed either
    assert {path.name for path in tmp_path.iterdir()} <= {"keras"}


def test_each_program_has_the_names_and_the_imports_that_it_uses_and_no_others(written):
    (folder,) = {str(Path(path).parent) for path in written}
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet"]
    chosen = ["--select", "F,I", "--output-format", "concise", folder]
    answer = subprocess.run([*command, *chosen], capture_output=True, text=True, check=False)
    assert (answer.stdout, answer.returncode) == ("", 0)
