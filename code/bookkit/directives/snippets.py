"""The list of all there is to copy: with buttons on the site, pages on paper, else a table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bookkit.checks.book import Book, Page
from bookkit.directives.results import table
from bookkit.languages import LANGUAGES, Language
from bookkit.pages import programs as made
from bookkit.paths import CODE
from bookkit.web import catalog, feet, listings, programs
from bookkit.web.catalog import Entry
from bookkit.web.programs import Script


class Chapter(NamedTuple):
    """A page that others copy from, as the list shows it."""

    page: Page
    language: Language
    script: Script
    tests: Mapping[str, str]  # addresses by name
    code: Path
    up: str  # the way from the page with the list to the languages
    links: Mapping[str, str]  # addresses in the list, by name


class Snippets(SphinxDirective):
    """List the functions and classes that pages show, chapter by chapter."""

    def run(self) -> list[nodes.Node]:
        """Build a section for each chapter."""
        code = Path(self.config.bookkit_code)
        book = Book(CODE.parent)
        book.folder, book.code = Path(self.env.srcdir).parent, code
        found = catalog.entries(book, self.config.bookkit_language)
        self._note_dependencies(book, found)
        links = {
            entry.name.name: f"#{_anchor(entry)}" for entries in found.values() for entry in entries
        }
        return [self._section(page, entries, links) for page, entries in found.items()]

    def _note_dependencies(self, book: Book, found: Mapping[Page, list[Entry]]) -> None:
        for page in book.trees[self.config.bookkit_language].values():
            self.env.note_dependency(page.path)
        names = [entry.name for entries in found.values() for entry in entries]
        for path in made.files(names, book.code):
            self.env.note_dependency(path)

    def _section(self, page: Page, entries: list[Entry], links: Mapping[str, str]) -> nodes.section:
        code = Path(self.config.bookkit_code)
        chapter = Chapter(
            page,
            LANGUAGES[self.config.bookkit_language],
            programs.script_of(page.name, page.path, code),
            self.config.bookkit_tests,
            code,
            "../" * (self.env.docname.count("/") + 1),
            links,
        )
        section = nodes.section(ids=[f"snippets-{page.name.replace('/', '-')}"])
        section += nodes.title("", page.title)
        items = [
            nodes.list_item("", *_item(entry, chapter), ids=[_anchor(entry)]) for entry in entries
        ]
        listed = nodes.bullet_list("", *items, classes=["snippets"])
        section += addnodes.only("", listed, expr="builder_html")
        on_root = page.name == self.config.root_doc  # whose own heading paper leaves out
        printed = _printed(entries, page, on_root=on_root)
        section += addnodes.only("", printed, expr="builder_latex")
        rows = _table(entries, chapter.language)
        section += addnodes.only("", rows, expr="not (builder_html or builder_latex)")
        return section


def _anchor(entry: Entry) -> str:
    return f"snippet-{entry.name.name}"


def _item(entry: Entry, chapter: Chapter) -> Iterator[nodes.Node]:
    """Yield the lines of one entry of the site."""
    page, name, language = chapter.page, entry.name, chapter.language
    code = nodes.literal(text=entry.signature)
    address = f"{page.name}.html#{feet.anchor(name.name)}"
    link = nodes.reference("", "", code, refuri=address, internal=True)
    yield nodes.paragraph("", "", link, classes=["snippet-name"])
    yield programs.button(chapter.script, name.name, chapter.up, language)
    yield nodes.paragraph("", "", *_text(entry.summary), classes=["snippet-does"])
    more = nodes.paragraph("", "", _section_link(entry), classes=["snippet-more"])
    needed = made.direct([name], chapter.code)
    if shown := list(feet.needs(needed, chapter.links, language)):
        more += nodes.inline("", language.words["needs"], *shown, classes=["snippet-needs"])
    for word, address in _files(name.name, chapter):
        more += nodes.reference("", word, refuri=address, internal=True)
    yield more


def _files(name: str, chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Yield what stands beside the languages: the tests of a function, and its program."""
    words = chapter.language.words
    if name in chapter.tests:
        yield words["tests in short"], f"{chapter.up}{listings.FOLDER}/{chapter.tests[name]}"
    yield words["program"], f"{chapter.up}{programs.FOLDER}/{name}.py"


def _printed(entries: list[Entry], page: Page, *, on_root: bool) -> nodes.container:
    """Make the list of a chapter for paper: name, what it does, and the page that explains it."""
    labels = [f"{page.name}{'::doc' if on_root else f':{entry.section}'}" for entry in entries]
    lines = [
        nodes.paragraph(
            "",
            "",
            nodes.literal(text=entry.name.name),
            nodes.Text(" "),
            *_text(entry.summary),
            nodes.raw("", rf"\booksnippet{{{label}}}", format="latex"),
        )
        for entry, label in zip(entries, labels, strict=True)
    ]
    return nodes.container("", *lines, classes=["snippetlist"])


def _table(entries: list[Entry], language: Language) -> nodes.container:
    """Make the table of a chapter for readers who cannot click."""
    rows: list[list | nodes.Element] = [
        [[nodes.literal(text=entry.name.name)], list(_text(entry.summary)), [_section_link(entry)]]
        for entry in entries
    ]
    head = [language.words[word] for word in ("name", "does", "explained")]
    made_table = table(head, rows, classes=["longtable"])  # goes on on the next page
    return nodes.container("", made_table, classes=["snippets"])


def _section_link(entry: Entry) -> addnodes.pending_xref:
    """Refer to the section that explains a function, by its title."""
    settings = {"refdomain": "std", "reftype": "ref", "refwarn": True, "refexplicit": False}
    label = nodes.inline(text=entry.section, classes=["xref", "std", "std-ref"])
    return addnodes.pending_xref("", label, reftarget=entry.section, **settings)


def _text(summary: str) -> Iterator[nodes.Node]:
    """Yield a line of a docstring: what stands between backticks is code."""
    for position, part in enumerate(summary.split("`")):
        if part:
            yield nodes.literal(text=part) if position % 2 else nodes.Text(part)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("snippets", Snippets)
