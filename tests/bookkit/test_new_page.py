"""The steps of CONTRIBUTING.md, "A page", on the page to copy, `book/new-page`."""

import os
import shutil
import subprocess
import sys

import pytest

from bookkit.checks import sync
from bookkit.checks.all import run
from bookkit.checks.book import Book
from bookkit.checks.sections import WANTED
from bookkit.pages import includes
from bookkit.paths import BOOK, CODE

TEMPLATE = BOOK / "new-page"
LANGUAGES = [page.stem for page in TEMPLATE.glob("*.md")]
# The first page of a book which has, in name, all that the article has.
INDEX = """\
---
title: "A book"
description: "Nothing else."
file_format: mystnb
kernelspec: {display_name: Python 3, language: python, name: python3}
---
(sec-index)=
# A book

"""


def copy_page(root, tree):
    """Take step 1, the page in both languages, and step 3, its code and the tests of it."""
    for language in LANGUAGES:
        shutil.copyfile(TEMPLATE / f"{language}.md", tree / language / "averages.md")
    for folder, name in (("code", "averages.py"), ("tests", "test_averages.py")):
        (root / folder / "kerasbook").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TEMPLATE / name, root / folder / "kerasbook" / name)
    # What other pages of the book show as well.
    style = includes.expand("# %include kerasbook.plots BOOK_STYLE", CODE)[0]
    (root / "code" / "kerasbook" / "plots.py").write_text(f'"""A style."""\n\n{style}\n')


def list_page(tree):
    """Take step 2, a list of pages in both languages."""
    for language in LANGUAGES:
        with (tree / language / "index.md").open("a", encoding="utf-8") as index:
            index.write("\n```{toctree}\n:hidden:\n\naverages\n```\n")


@pytest.fixture
def project(tmp_path):
    for language in LANGUAGES:
        (tmp_path / "book" / language).mkdir(parents=True)
        text = INDEX + "".join(f"({label})=\n## {label}\n\n" for label in WANTED)
        (tmp_path / "book" / language / "index.md").write_text(text, encoding="utf-8")
    sync.record(Book(tmp_path), "all")
    return tmp_path


def test_the_page_passes_every_check_after_the_four_steps(project):
    assert run(Book(project)) == []
    copy_page(project, project / "book")
    problems = run(Book(project))
    assert [each for each in problems if "make sync" not in each] == [
        "book/zh/averages.md:1: no reader finds this page; "
        "add averages to a {toctree} in book/zh/index.md and book/en/index.md"
    ]
    list_page(project / "book")
    cures = [each.rpartition("; ")[2] for each in run(Book(project))]
    assert cures == [
        f"read both languages again, then: make sync SECTION=averages#sec-averages{end}"
        for end in ("", "-definition", "-noise", "-exercises", "-next")
    ]
    sync.record(Book(project), "averages")
    assert run(Book(project)) == []


def test_its_tests_pass(project):
    copy_page(project, project / "book")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environ = os.environ | {"PYTHONPATH": "code"}
    ended = subprocess.run(
        command, cwd=project, env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout
    assert "4 passed" in ended.stdout


def test_it_is_built_into_a_book_that_lists_it(tiny_book):
    copy_page(tiny_book.folder, tiny_book.folder)
    list_page(tiny_book.folder)
    with (tiny_book.folder / "references.bib").open("a", encoding="utf-8") as references:
        references.write((BOOK / "references.bib").read_text(encoding="utf-8"))
    assert "averages" in tiny_book.execute()
    for language, title in (("zh", "滑动平均"), ("en", "A running average")):
        for builder in ("html", "notebook"):
            assert tiny_book.build(language, builder).warning.getvalue() == ""
        article = tiny_book.article(language, "averages")
        assert "[1.5 4. ]" in article
        assert "36%" in article
        assert f">{title}<" in tiny_book.page(language, "first")  # its sidebar
        exported = tiny_book.folder / "out" / language / "notebook" / "averages.ipynb"
        assert "def running_average" in exported.read_text(encoding="utf-8")
