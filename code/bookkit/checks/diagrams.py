"""Diagrams: drawn with classes alone, said in every language, and shown by a page."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from bookkit.checks.book import Book, lines_of
from bookkit.errors import BookError, closest
from bookkit.languages import LABELLED, LANGUAGES
from bookkit.pages import diagrams
from bookkit.paths import BOOK

STYLE = BOOK / "_static" / "diagram.css"
OWN_LOOK = re.compile("style|color|opacity|(fill|stroke|font|text|letter)(-.*)?")
FOREIGN = {"style", "script", "image", "foreignObject"}
CLASS = re.compile(r"\.([a-z][\w-]*)")
OF_THE_KIT = {"diagram", "head", "index"}

Drawings = dict[Path, Element]


def check(book: Book) -> Iterator[str]:
    """Look at each diagram, at the translations of all, and at the pages that show them."""
    folder = diagrams.folder_of(book.folder)
    drawings: Drawings = {}
    for path in sorted(folder.glob("*.svg")):
        try:
            drawings[path] = diagrams.read(path)
        except BookError as error:
            yield str(error)
        else:
            for line, problem in _looks(drawings[path]):
                yield f"{book.where(path, line)}: {problem}"
    yield from _shown(book, folder)
    try:
        diagrams.listed(book.folder)
    except BookError as error:
        yield str(error)
    else:
        for language in (code for code in LANGUAGES if code != LABELLED):
            for path, root in drawings.items():
                words = diagrams.words_of(book.folder, path.stem, language)
                for line, problem in diagrams.untranslated(root, words, language):
                    yield f"{book.where(path, line)}: {problem}"
        yield from _unused(book, drawings)


@cache
def classes() -> set[str]:
    """Return the classes that diagrams may have."""
    rules = diagrams.COMMENT.sub("", STYLE.read_text(encoding="utf-8"))
    return {*CLASS.findall(rules), *diagrams.AS_IT_IS} - OF_THE_KIT


def _looks(root: Element) -> Iterator[tuple[int, str]]:
    """Find what would look the same in dark mode, or be no vector, with its line."""
    cure = "use the classes of book/_static/diagram.css"
    for element in root.iter():
        line = int(element.attrib[diagrams.LINE])
        own = {name for name in element.attrib if OWN_LOOK.fullmatch(name)}
        if element is root:
            own |= root.attrib.keys() & {"width", "height"}
        for name in sorted(own):
            yield line, f"<{element.tag}> has {name}={element.get(name)!r} of its own; {cure}"
        if element.tag in FOREIGN:
            yield line, f"<{element.tag}> in a diagram; {cure}, shapes and <text>"
        for name in element.get("class", "").split():
            if name not in classes():
                near = closest(name, classes())
                yield line, f"there is no class {name!r}; closest: {near}; {cure}"


def _shown(book: Book, folder: Path) -> Iterator[str]:
    """Compare the diagrams that pages name with those that there are."""
    there = {path.stem: path for path in sorted(folder.glob("*.svg"))}
    named = set()
    for page in book.pages:
        for directive in page.directives("diagram"):
            name = directive.argument
            named.add(name)
            if name not in there:
                problem = f"there is no book/diagrams/{name}.svg; closest: {closest(name, there)}"
                yield page.at(directive.line, problem)
    for name in there.keys() - named:
        yield f"{book.where(there[name], 1)}: no page shows this diagram; delete it or write one"


def _unused(book: Book, drawings: Drawings) -> Iterator[str]:
    """Find translations of what no diagram says, and languages that the book does not have."""
    said = {
        path.stem: {each.words.casefold() for each in diagrams.labels(root) if each.translated}
        for path, root in drawings.items()
    }
    for language, chosen in diagrams.listed(book.folder).items():
        if language not in LANGUAGES or language == LABELLED:
            yield _at(book, language, "is no language that labels are translated into; delete it")
            continue
        for key, value in chosen.items():
            if isinstance(value, str):
                if not any(key.casefold() in each for each in said.values()):
                    yield _at(book, key, "is on no diagram; delete its translation")
                continue
            for label in value:
                if label.casefold() not in said.get(key, ()):
                    yield _at(book, label, f"is not on the diagram {key!r}; delete its translation")


def _at(book: Book, key: str, problem: str) -> str:
    """Report a line of the translations by its key."""
    path = diagrams.folder_of(book.folder) / diagrams.LABELS
    start = rf"""\s*["']?{re.escape(key)}["']?\s*:"""
    line = lines_of(path.read_text(encoding="utf-8"), start)[0]
    return f"{book.where(path, line)}: {key!r} {problem}"
