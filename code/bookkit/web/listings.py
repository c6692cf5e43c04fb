"""Pages that list the tests of what the book includes, one a module, and the links to them.

Both languages share a page. Only the website has them: exports, EPUB and PDF carry no link.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.application import Sphinx

from bookkit.checks import tested
from bookkit.checks.tested import Excerpt, Finder, Guards, Name, Place
from bookkit.languages import WORDS
from bookkit.paths import BOOK, CODE, LANGUAGES, ROOT

FOLDER = "tests"  # beside the languages
STAMP = "sources.sha256"
TEMPLATES = BOOK / "_templates" / "tests"


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each cell of a web page to the tests of the functions and classes that it includes."""
    if app.builder.name != "html":
        return
    words = WORDS[app.config.bookkit_language]
    up = "../" * (docname.count("/") + 1)
    for cell in list(doctree.findall(nodes.container)):
        if included := cell.get("included"):
            cell.insert(1, _links(included, f"{up}{FOLDER}/", words))


def _links(included: list[tuple[str, str, str]], folder: str, words: dict) -> nodes.paragraph:
    """Return one link; or, where a cell includes from several modules, one for each."""
    first: dict[str, str] = {}
    for module, name, _ in included:
        first.setdefault(module, f"{folder}{module}.html#{name}")
    kinds = [kind for _, _, kind in included]
    several = "functions" if set(kinds) == {"function"} else "definitions"
    text = words[f"tests of {kinds[0] if len(kinds) == 1 else several}"]
    paragraph = nodes.paragraph(classes=["cell-tests"])
    if len(first) == 1:
        paragraph += nodes.reference("", text, refuri=first.popitem()[1], internal=True)
        return paragraph
    paragraph += nodes.Text(words["tests in"].format(words=text))
    for position, (module, uri) in enumerate(first.items()):
        paragraph += [nodes.Text(" · ")] if position else []
        short = module.rpartition(".")[2]
        paragraph += nodes.reference("", short, refuri=uri, internal=True)
    return paragraph


@dataclass(frozen=True)
class Entry:
    """What the page of a module says of one definition."""

    name: str
    guards: Guards
    places: dict[str, list[Place]]  # by language
    through: list[tuple[str, str]]  # the callers' names, and where their tests are listed or ""


def write(folder: Path) -> bool:
    """Write a page for each module that the book includes, if anything they show has changed.

    Returns:
        whether the pages were written.
    """
    stamp, digest = folder / STAMP, _digest()
    if stamp.is_file() and stamp.read_text() == digest:
        return False
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["listing"] = listing
    template = environment.get_template("page.html")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(TEMPLATES / "tests.css", folder / "tests.css")
    for module, entries in collect(Finder()).items():
        whole = next((entry.guards.excerpts for entry in entries if entry.guards.by_module), ())
        text = template.render(
            module=module, entries=entries, whole=whole, root=ROOT, languages=LANGUAGES
        )
        (folder / f"{module}.html").write_text(text, encoding="utf-8")
    stamp.write_text(digest)
    return True


def _digest() -> str:
    """Hash all that the pages depend on."""
    digest = hashlib.sha256()
    sources = [Path(__file__), Path(tested.__file__), *TEMPLATES.iterdir(), *BOOK.rglob("*.md")]
    sources += [*tested.TESTS.rglob("*.py"), *(CODE / tested.PACKAGE).rglob("*.py")]
    for path in sorted(sources):
        digest.update(f"{path} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def collect(finder: Finder, book: Path = BOOK) -> dict[str, list[Entry]]:
    """Return the guarded definitions that pages include, by module and in reading order."""
    places = {language: tested.included(book, language) for language in LANGUAGES}
    names = places[LANGUAGES[0]]
    found = {name: guarded for name in names if (guarded := finder.guards(name))}
    modules: dict[str, list[Entry]] = {}
    for name, guarded in found.items():
        through = [(own, _listed((module, own), found)) for module, own in guarded.through]
        where = {language: _sections(places[language].get(name, [])) for language in LANGUAGES}
        modules.setdefault(name[0], []).append(Entry(name[1], guarded, where, through))
    return modules


def _sections(places: list[Place]) -> list[Place]:
    """Return one place of each section."""
    return list({(place.page, place.label): place for place in places}.values())


def _listed(name: Name, found: dict[Name, Guards]) -> str:
    return f"{name[0]}.html#{name[1]}" if name in found else ""


def listing(excerpt: Excerpt) -> str:
    """Return an excerpt as highlighted HTML, the lines that name the definition marked."""
    formatter = HtmlFormatter(hl_lines=excerpt.marked, wrapcode=True)
    return highlight(excerpt.source, PythonLexer(), formatter)


def setup(app: Sphinx) -> None:
    """Register the links."""
    app.connect("doctree-resolved", add_links)
