"""Contracts that need no build, beside those that `make check` holds."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from bookkit.checks.book import Book
from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK, CODE, ROOT
from kerasbook.introduction import HISTORY


@pytest.fixture(scope="module")
def sources() -> Book:
    return Book(ROOT)


def test_code_is_a_source_root_and_no_package():
    assert not (CODE / "__init__.py").exists()
    command = [sys.executable, "-c", "import code; print(code.InteractiveConsole.__module__)"]
    environment = os.environ | {"PYTHONPATH": str(CODE)}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout == "code\n", answer.stderr


REGISTRY_HOST = re.compile(
    rb"(?:anaconda|crates|golang|npmjs|pypi|pythonhosted|rubygems|yarnpkg)\.(?:com|io|org)"
    rb"|pytorch\.org/whl",
    re.IGNORECASE,
)


def test_no_file_names_the_host_of_a_package_registry():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout, to know which files belong to the project")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = {name: ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()}
    found = {name: REGISTRY_HOST.search(path.read_bytes()) for name, path in files.items()}
    assert {name: host[0] for name, host in found.items() if host} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_dates_says_what_the_figure_draws(language):
    text = (BOOK / language / "introduction.md").read_text(encoding="utf-8")
    dates = re.findall(r"^\| (\d{4}-\d{2}-\d{2}) \|", text, re.MULTILINE)
    assert dates == [day.isoformat() for day, _, _ in HISTORY]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_maps_of_the_introduction_lead_to_every_chapter(language):
    folder = BOOK / language
    text = (folder / "introduction.md").read_text(encoding="utf-8")
    maps = text[text.index("(sec-map)=") : text.index("(sec-introduction-pitfalls)=")]
    linked = set(re.findall(r"\(#(sec-[\w-]+)\)", maps))
    missing = set()
    for chapter in folder.glob("*/*.md"):
        labels = re.findall(
            r"^\((sec-[\w-]+)\)=$", chapter.read_text(encoding="utf-8"), re.MULTILINE
        )
        if linked.isdisjoint(labels):
            missing.add(chapter.relative_to(folder).as_posix())
    assert missing == set()


PROGRAM = re.compile(r"^[ >]*```\{?(?:code-block|python)\b", re.MULTILINE)
# What needs a download, a GPU or a package that the pages have no other use for; each says so.
NOT_A_CELL = {
    "applications/coco": 1,  # pycocotools, the oracle of detection/test_average_precision.py
    "beyond/export": 1,  # ai-edge-quantizer
    "beyond/pretrained-images": 1,  # weights and photographs; the cells below it take its steps
    "beyond/ready-detector": 1,  # weights of RetinaNet
    "beyond/scale": 1,  # GPUs; the loop of the page runs on two processes
    "beyond/search": 1,  # Optuna
    "outlook/adapting": 1,  # weights of Gemma 3, and a GPU
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_program_that_a_page_shows_is_a_cell_that_ran(language, sources):
    shown = {
        name: count
        for name, page in sources.trees[language].items()
        if (count := len(PROGRAM.findall(page.text)))
    }
    assert shown == NOT_A_CELL
