"""References: the file can be read, and holds what pages cite, each source once and no other.

Names that pages link to Keras's documentation are public in the installed release.
"""

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pybtex.database import BibliographyDataError, parse_string
from pybtex.exceptions import PybtexError

from bookkit.checks.book import Book, Page, lines_of
from bookkit.checks.steps import FIGURES
from bookkit.errors import closest
from bookkit.web import documentation

FILE = "references.bib"
CITED = re.compile(r"\{cite:\w+\}`([^`]+)`")
# `from keras.src.layers import Dense as Dense`
PASSED_ON = re.compile(r"\bas (\w+),?$", re.MULTILINE)
WHERE = re.compile(r" in line (\d+)")


def check(book: Book) -> Iterator[str]:
    """Name what keeps the file from being read, or keys of pages and file that do not meet."""
    path = book.folder / FILE
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    try:
        entries = parse_string(text, "bibtex").entries
    except PybtexError as error:
        yield _unreadable(path, text, error)
        return
    cited: set[str] = set()
    for page in book.pages:
        for line, key in citations(page):
            cited.add(key)
            if key not in entries:
                cure = f"write it into {FILE}, or cite another: {closest(key, list(entries))}"
                yield page.at(line, f"there is no source {key!r}; {cure}")
    for key in entries:
        if key not in cited:
            line = lines_of(text, _begin(key))[0]
            yield f"book/{FILE}:{line}: no page cites {key!r}; cite it, or take it out"


def citations(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the keys that a page cites, each with its line."""
    for number, line in enumerate(page.text.splitlines(), 1):
        for match in CITED.finditer(line):
            for key in match[1].split(","):
                yield number, key.strip()


def _unreadable(path: Path, text: str, error: PybtexError) -> str:
    if isinstance(error, BibliographyDataError):  # a key twice, which has no line
        key = str(error).rpartition(": ")[2]
        line = lines_of(text, _begin(key))[-1]
        return f"book/{path.name}:{line}: the source {key!r} stands here twice; keep one of them"
    where = WHERE.search(str(error))
    cure = "an entry before it may lack its last brace"
    return f"book/{path.name}:{where[1] if where else 1}: {error}; {cure}"


def _begin(key: str) -> str:
    """Return the expression of the line that an entry begins with."""
    return rf"@\w+\{{{re.escape(key)},"


def captions(book: Book) -> Iterator[str]:
    """A caption cites nothing: LaTeX cannot read a citation there."""
    for page in book.pages:
        for figure in page.directives(*FIGURES):
            for line in [line for line, text in figure.lines if CITED.search(text)]:
                yield page.at(line, "a citation in a caption stops the PDF; cite it in the text")


def documented(book: Book) -> Iterator[str]:
    """Names of Keras that pages link to its documentation are public in the installed release."""
    listed = documentation.FILE.read_text(encoding="utf-8")
    for name in documentation.addresses():
        owner, _, last = name.rpartition(".")
        if not name.startswith("keras.") or {name, owner} & public_names():  # or a method's class
            continue
        lost = f"Keras {importlib.metadata.version('keras')} has no {name}"
        moved = [other for other in sorted(public_names()) if other.endswith(f".{last}")]
        cure = f"write {' or '.join(moved)}" if moved else "say what does the same now"
        row = lines_of(listed, f"{re.escape(name)}:")[0]
        yield f"book/{documentation.FILE.name}:{row}: {lost}; {cure}"
        for page in book.pages:
            for number, line in enumerate(page.text.splitlines(), 1):
                if re.search(rf"\b{re.escape(name)}\b", line):
                    yield page.at(number, f"{lost}; {cure}")


@cache
def public_names() -> frozenset[str]:
    """Read what the modules of the installed Keras pass on; to import them takes seconds."""
    spec = importlib.util.find_spec("keras")
    root = Path(spec.origin if spec and spec.origin else "").parent
    names = set()
    for path in root.rglob("__init__.py"):
        module = ".".join(["keras", *path.relative_to(root).parent.parts])
        if not module.startswith(("keras.src", "keras._tf_keras")):
            names |= {f"{module}.{name}" for name in PASSED_ON.findall(path.read_text("utf-8"))}
    return frozenset(names)
