"""What the book is written as, and the list of places for one format more."""

import re
import shutil
from pathlib import Path

import pytest
from sphinx.builders.text import TextBuilder

from bookkit import __main__ as command_line
from bookkit import build
from bookkit.formats import all as formats
from bookkit.formats.all import FORMATS, Format
from bookkit.paths import ROOT
from bookkit.web import publishing


def test_builders_write_where_readers_or_the_next_step_look():
    relative = {
        builder: formats.output_folder(builder, "zh").relative_to(ROOT).as_posix()
        for builder in ("html", "notebook", "latex")
    }
    assert relative == {
        "html": "_build/html/zh",
        "notebook": "_build/notebooks/zh",
        "latex": "_build/sphinx/zh/latex",
    }


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_a_target_and_readers_are_told_in_both_languages(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{name}: .*## ", makefile, re.MULTILINE)
    assert re.search(rf"^\.PHONY:.* {name}\b", makefile, re.MULTILINE)
    assert f"bookkit build {name} " in makefile
    for readme in ("README.md", "README.zh.md"):
        assert f"\n| `{name}` |" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Lead what formats write into a folder of its own, which holds a site."""
    for module, name, value in (
        (formats, "BUILD", tmp_path),
        (formats, "SITE", tmp_path / "html"),
        (publishing, "BUILD", tmp_path),
        (build, "BUILD", tmp_path),
        (build, "ROOT", tmp_path),
    ):
        monkeypatch.setattr(module, name, value)
    (tmp_path / "html").mkdir()
    return tmp_path / "html"


def test_each_epub_lands_in_one_folder(site):
    for language in ("zh", "en"):
        folder = site.parent / "sphinx" / language / "epub"
        folder.mkdir(parents=True)
        (folder / f"keras-book-{language}.epub").write_text(language, encoding="utf-8")
    formats.collect("epub", ["zh", "en"])
    found = sorted((site.parent / "epub").iterdir())
    assert [path.name for path in found] == ["keras-book-en.epub", "keras-book-zh.epub"]
    assert [path.read_text(encoding="utf-8") for path in found] == ["en", "zh"]


@pytest.mark.parametrize("name", ["pdf", "epub"])
def test_the_site_holds_the_book_that_was_made_and_no_older_one(site, name):
    made = site.parent / name / f"keras-book-zh.{name}"
    made.parent.mkdir()
    made.write_bytes(b"a book")
    page = site / "zh" / "index.html"
    page.parent.mkdir()
    others = "<ul><!--book txt:<li>Text</li>--></ul>"
    page.write_text(f"<!--book {name}:<li>Book</li>-->{others}", encoding="utf-8")
    formats.offer_books("zh")
    assert {path.name for path in site.iterdir()} == {"zh", f"keras-book-zh.{name}"}
    shown = f"<!--book {name}--><li>Book</li><!--end-->{others}"
    assert page.read_text(encoding="utf-8") == shown
    formats.offer_books("zh")
    assert page.read_text(encoding="utf-8") == shown
    assert publishing.book_file(name, "zh") == made
    assert (formats.books_made("zh"), formats.books_made("en")) == ([name], [])
    made.unlink()
    formats.offer_books("zh")
    assert list(site.iterdir()) == [page.parent]
    assert page.read_text(encoding="utf-8") == f"<!--book {name}:<li>Book</li>-->{others}"


# The places of CONTRIBUTING.md, "A format": a module and a record (and a target, and its rows).
class PlainText(TextBuilder):
    """Writes pages without any mark."""

    name = "plain"


def join(languages):
    """Make one file of the pages of a language."""
    for language in languages:
        folder = formats.output_folder("plain", language)
        pages = sorted(path.read_text(encoding="utf-8") for path in folder.rglob("*.txt"))
        book = folder / f"keras-book-{language}.txt"
        book.write_text("\n".join(pages), encoding="utf-8")


@pytest.fixture
def with_text(monkeypatch):
    plain = Format(
        builders=("plain",),
        setup=lambda app: app.add_builder(PlainText),
        finish=join,
        whole=True,
    )
    monkeypatch.setitem(FORMATS, "txt", plain)


def test_a_format_more_is_built_collected_and_offered(
    with_text, site, built_book, monkeypatch, capsys
):
    warnings = {}

    def sphinx(builders, languages):
        for language in languages:
            (builder,) = builders
            app = built_book.build(language, builder, out="plain")
            warnings[language] = app.warning.getvalue()
            target = formats.output_folder(builder, language)
            Path(target).parent.mkdir(parents=True)
            Path(app.outdir).rename(target)

    monkeypatch.setattr(build, "require_parity", lambda: None)
    monkeypatch.setattr(build, "fill_cache", lambda *given: [])
    monkeypatch.setattr(build, "sphinx", sphinx)
    monkeypatch.setenv("BOOK_DATA", "sample")
    monkeypatch.setenv("BOOK_PAGE", "")
    assert command_line.main(["build", "txt"]) == 0
    assert warnings == {"zh": "", "en": ""}
    assert capsys.readouterr().out.splitlines()[-1] == "open txt"
    book = (site.parent / "txt" / "keras-book-en.txt").read_text(encoding="utf-8")
    assert "Start with First things" in book
    assert "The number 8 is glued" in book
    assert formats.books_made("en") == ["txt"]
    app = built_book.build("en", "html", out="plain", bookkit_books=["txt"])
    assert app.warning.getvalue() == ""
    shutil.move(app.outdir, site / "en")
    formats.offer_books("en")
    assert {path.name for path in site.iterdir()} == {"en", "keras-book-en.txt"}
    page = site.joinpath("en", "index.html").read_text(encoding="utf-8")
    link = r'<a href="\.\./keras-book-en\.txt"[^>]*>The book as TXT</a>'
    assert re.search(f"<!--book txt--><li>{link}</li><!--end-->", page)
