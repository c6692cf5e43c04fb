"""Pages that show the test files, and the links to them from cells with included code.

Both languages share a page. Only the website has them: exports, EPUB and PDF carry no link.
"""

import json
import os
import shutil
from collections import defaultdict
from functools import cache
from pathlib import Path

from docutils import nodes
from jinja2 import StrictUndefined, Template
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.application import Sphinx

from bookkit import languages, palette, stale
from bookkit.checks import tested
from bookkit.checks.book import PACKAGE, Book
from bookkit.checks.tested import Place
from bookkit.languages import LANGUAGES
from bookkit.pages import includes
from bookkit.paths import BOOK, BUILD, ROOT
from bookkit.web import feet

FOLDER = "tests"  # beside the languages
STAMP = "sources.sha256"
KEPT = "tests.json"  # what the links lead to
TEMPLATES = BOOK / "_templates" / "tests"


@cache
def addresses(root: Path) -> dict[str, str]:
    """Map each tested name of the package to the page and the id of its place.

    Finding them takes a second, of each build and language, so they are kept.
    """
    book, kept = Book(root), root / BUILD.name / KEPT
    digest = stale.digest(
        *(Path(each) for each in (__file__, tested.__file__, includes.__file__)),
        *(folder / PACKAGE for folder in (book.code, book.tests)),
    )
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    if known.get("digest") != digest:
        places = tested.places(book).items()
        found = {name: f"{_page(book, place.file)}#{place.name}" for name, place in places}
        known = {"digest": digest, "addresses": found}
        kept.parent.mkdir(exist_ok=True)
        written = kept.with_suffix(f".{os.getpid()}")  # the other language may be here, too
        written.write_text(json.dumps(known), encoding="utf-8")
        written.replace(kept)
    return known["addresses"]


def _page(book: Book, file: Path) -> str:
    return ".".join(file.relative_to(book.tests / PACKAGE).with_suffix(".html").parts)


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each cell of a web page to a test of what it includes."""
    if app.builder.name != "html":
        return
    word = LANGUAGES[app.config.bookkit_language].words["tests"]
    folder = "../" * (docname.count("/") + 1) + FOLDER
    for cell in list(doctree.findall(nodes.container)):
        included: list[tuple[str, str, str]] = cell.get("included", [])
        code = [each for each in included if each[2]]  # not a value
        if links := _links(code, app.config.bookkit_tests):
            paragraph = nodes.paragraph("", word if len(links) > 1 else "", classes=["cell-tests"])
            for module, address in links.items():
                text = word if len(links) == 1 else module.rpartition(".")[2]
                paragraph += [nodes.Text(" · ")] if len(links) > 1 else []
                paragraph += nodes.reference("", text, refuri=f"{folder}/{address}", internal=True)
            feet.foot_of(cell).append(paragraph)


def _links(included: list[tuple[str, str, str]], known: dict[str, str]) -> dict[str, str]:
    """Map each module to the test of what a cell includes of it, best one that names it."""
    links: dict[str, str] = {}
    found = [(module, name) for module, name, _ in included if name in known]
    for module, name in sorted(found, key=lambda each: not known[each[1]].endswith(f"#{each[1]}")):
        links.setdefault(module, known[name])
    return links


def write(folder: Path, book: Book) -> None:
    """Write a page for each test file that a chapter leads to, if anything they show changed."""
    stamp, digest = folder / STAMP, _digest(book)
    if stamp.is_file() and stamp.read_text() == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    style = palette.rules() + (TEMPLATES / "tests.css").read_text(encoding="utf-8")
    (folder / "tests.css").write_text(style, encoding="utf-8")
    template = Template((TEMPLATES / "page.html").read_text("utf-8"), undefined=StrictUndefined)
    places = tested.places(book)
    for file, chapters in _chapters(book, places).items():
        name = file.relative_to(book.root).as_posix()
        lines = _lines(file, {place for place in places.values() if place.file == file})
        text = template.render(name=name, chapters=chapters, lines=lines, languages=LANGUAGES)
        (folder / _page(book, file)).write_text(text, encoding="utf-8")
    stamp.write_text(digest)


def _digest(book: Book) -> str:
    """Hash all that the pages depend on."""
    code = [
        Path(each) for each in (__file__, tested.__file__, languages.__file__, palette.__file__)
    ]
    folders = TEMPLATES, book.code / PACKAGE, book.tests / PACKAGE
    chapters = (part for page in book.pages for part in page.shown_elsewhere)
    return stale.digest(*code, *folders, *chapters)


def _chapters(book: Book, places: dict[str, Place]) -> dict[Path, dict[str, str]]:
    """Map each test file to the chapters that include what it tests: their addresses and titles."""
    found: dict[Path, dict[str, str]] = defaultdict(dict)
    for page in book.pages:
        for module, name in {each[1:] for cell in page.cells for each in cell.included}:
            if name in places and includes.kind(includes.module_file(module, book.code), name):
                found[places[name].file][f"{page.language}/{page.name}.html"] = page.title
    return found


def _lines(file: Path, places: set[Place]) -> list[str]:
    """Return the highlighted lines of a test file, with the ids of what they name."""
    formatter = HtmlFormatter(nowrap=True)
    text = highlight(file.read_text(encoding="utf-8"), PythonLexer(stripnl=False), formatter)
    lines = text.split("\n")
    for place in sorted(places):
        lines[place.line - 1] = f'<span id="{place.name}">{lines[place.line - 1]}</span>'
    return lines


def setup(app: Sphinx) -> None:
    """Register the links; pages are written again when one leads elsewhere."""
    app.add_config_value("bookkit_tests", addresses(ROOT), "html", dict)
    app.connect("doctree-resolved", add_links)
