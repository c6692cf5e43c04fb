"""What stands around the text of a page."""

import re

import nbformat
import pytest


def menu(text):
    """Return `(words, address)` of the header's links to take along or to open elsewhere."""
    found = re.findall(r'<details class="downloads">.*?</details>', text, re.DOTALL)
    return [
        (words, address)
        for one in found
        for address, words in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', one)
    ]


def test_a_page_offers_its_exports_and_nothing_that_is_not_there(built_book):
    assert menu(built_book.page("zh", "part/second")) == [
        ("笔记本", "../notebooks/part/second.ipynb"),
        ("脚本", "../notebooks/part/second-page.py"),
    ]
    assert menu(built_book.page("en", "index")) == []  # no cells


@pytest.fixture(scope="module")
def published(built_book):
    """The English tiny book with a repository and a PDF."""
    settings = {"bookkit_repository": "some-one/a.book", "bookkit_books": ["pdf", "epub"]}
    for builder in ("html", "notebook"):
        app = built_book.build("en", builder, out="published", **settings)
        assert app.warning.getvalue() == ""
    return built_book


def test_a_published_page_opens_where_notebooks_run(published):
    path = "en/notebooks/part/second.ipynb"
    assert menu(published.page("en", "part/second", out="published")) == [
        ("notebook", "../notebooks/part/second.ipynb"),
        ("script", "../notebooks/part/second-page.py"),
        ("The book as PDF", "../../keras-book-en.pdf"),
        ("The book as EPUB", "../../keras-book-en.epub"),
        (
            "Run in Colab",
            f"https://colab.research.google.com/github/some-one/a.book/blob/gh-pages/{path}",
        ),
        (
            "Run in Binder",
            "https://mybinder.org/v2/gh/some-one/a.book/gh-pages?labpath="
            "en%2Fnotebooks%2Fpart%2Fsecond.ipynb",
        ),
        (
            "Run in Kaggle",
            "https://kaggle.com/kernels/welcome?src="
            f"https://github.com/some-one/a.book/blob/gh-pages/{path}",
        ),
    ]
    assert menu(published.page("en", "index", out="published")) == [
        ("The book as PDF", "../keras-book-en.pdf"),
        ("The book as EPUB", "../keras-book-en.epub"),
    ]


def test_a_published_notebook_first_readies_the_machine_and_its_script_does_not(published):
    folder = published.folder / "published" / "en" / "notebook"
    first = nbformat.read(folder / "first.ipynb", as_version=4)
    code = [cell for cell in first.cells if cell.cell_type == "code"]
    assert code[0].id == "setup"
    assert code[0].outputs == []
    assert "some-one/a.book/gh-pages/sample-data.zip" in code[0].source  # it reads data
    assert "setup" not in [cell.id for cell in code[1:]]
    second = nbformat.read(folder / "part" / "second.ipynb", as_version=4)
    assert "sample-data" not in "".join(cell.source for cell in second.cells)
    assert "gh-pages" not in (folder / "first-page.py").read_text(encoding="utf-8")
    assert "(../index.html#" not in "".join(cell.source for cell in second.cells)
    unpublished = published.folder / "out" / "en" / "notebook" / "first.ipynb"
    assert "gh-pages" not in unpublished.read_text(encoding="utf-8")
