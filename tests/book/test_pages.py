"""Contracts that need no build: the list of checks on the book, and how its code is imported."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from bookkit.checks.all import CHECKS
from bookkit.checks.book import Book
from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK, CODE, ROOT
from kerasbook.introduction import HISTORY


@pytest.fixture(scope="module")
def sources() -> Book:
    return Book(ROOT)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_the_book_passes(check, sources):
    assert list(check(sources)) == []


def test_code_is_a_source_root_and_no_package():
    assert not (CODE / "__init__.py").exists()
    command = [sys.executable, "-c", "import code; print(code.InteractiveConsole.__module__)"]
    environment = os.environ | {"PYTHONPATH": str(CODE)}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout == "code\n", answer.stderr


# Runs once for all modules, since importing keras takes seconds. Keras itself may load pyplot, so
# what counts is who asks for it.
IMPORT_ALL = """
import builtins, importlib, json, pkgutil, sys

asked = []
original = builtins.__import__

def watch(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if importer.partition(".")[0] == "kerasbook":
        wanted = [name, *(f"{name}.{attribute}" for attribute in fromlist or ())]
        asked.extend([importer, each] for each in wanted)
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = watch
import kerasbook

for module in pkgutil.walk_packages(kerasbook.__path__, "kerasbook."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in ("jax", "torch"):  # backends that are optional
            raise
loaded = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"asked": asked, "loaded": loaded}))
"""


def test_importing_kerasbook_loads_no_machinery(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(CODE), "TF_CPP_MIN_LOG_LEVEL": "3"}
    answer = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout.splitlines()[-1])
    assert not {"bookkit", "sphinx"} & set(report["loaded"])
    forbidden = ("matplotlib.pyplot", "bookkit", "sphinx")
    assert [pair for pair in report["asked"] if pair[1].startswith(forbidden)] == []


# Spelled in parts, so that this file passes its own test.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("golang", "org"),
        ("pytorch", "org/whl"),
    )
]


def test_no_file_names_the_host_of_a_package_registry():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout, to know which files belong to the project")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        content = path.read_bytes().lower() if path.is_file() else b""
        found += [f"{name}: {host}" for host in REGISTRY_HOSTS if host.encode() in content]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_dates_says_what_the_figure_draws(language):
    text = (BOOK / language / "introduction.md").read_text(encoding="utf-8")
    dates = re.findall(r"^\| (\d{4}-\d{2}-\d{2}) \|", text, re.MULTILINE)
    assert dates == [day.isoformat() for day, _, _ in HISTORY]
