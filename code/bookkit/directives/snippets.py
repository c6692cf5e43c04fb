"""The list of all there is to copy: with buttons on the site, pages on paper, else a table."""

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bookkit.checks.book import Book, Page
from bookkit.directives.results import table
from bookkit.formats.blocks import raw
from bookkit.languages import LANGUAGES
from bookkit.pages import programs as made
from bookkit.pages.programs import Name
from bookkit.paths import CODE
from bookkit.web import catalog, feet, listings, programs
from bookkit.web.catalog import Entry
from bookkit.web.programs import Script


class Snippets(SphinxDirective):
    """List the functions and classes that pages show, chapter by chapter."""

    def run(self) -> list[nodes.Node]:
        """Build a section for each chapter."""
        self.language = LANGUAGES[self.config.bookkit_language]
        self.code = Path(self.config.bookkit_code)
        self.up = "../" * (self.env.docname.count("/") + 1)  # from this page to the languages
        book = Book(CODE.parent)
        book.folder, book.code = Path(self.env.srcdir).parent, self.code
        chapters = catalog.entries(book, self.language.code)
        names = [entry.name for entries in chapters.values() for entry in entries]
        self.links = {name.name: f"#{_anchor(name)}" for name in names}  # within the list
        pages = (page.path for page in book.trees[self.language.code].values())
        for path in [*pages, *made.files(names, self.code)]:
            self.env.note_dependency(path)
        return [self._section(page, entries) for page, entries in chapters.items()]

    def _section(self, page: Page, entries: list[Entry]) -> nodes.section:
        """Build the list of a chapter in three forms, of which a format keeps its own."""
        script = programs.script_of(page.name, page.path, self.code)
        items = [
            nodes.list_item("", *self._item(entry, page, script), ids=[_anchor(entry.name)])
            for entry in entries
        ]
        listed = nodes.bullet_list("", *items, classes=["snippets"])
        section = nodes.section("", nodes.title("", page.title))
        section["ids"] = [f"snippets-{page.name.replace('/', '-')}"]
        section += [
            addnodes.only("", listed, expr="builder_html"),
            addnodes.only("", self._printed(entries, page), expr="builder_latex"),
            addnodes.only("", self._table(entries), expr="not (builder_html or builder_latex)"),
        ]
        return section

    def _item(self, entry: Entry, page: Page, script: Script) -> Iterator[nodes.Node]:
        """Yield the lines of one entry of the site."""
        name, words = entry.name.name, self.language.words
        tests = self.config.bookkit_tests
        code = nodes.literal(text=entry.signature)
        address = f"{page.name}.html#{feet.anchor(name)}"
        link = nodes.reference("", "", code, refuri=address, internal=True)
        yield nodes.paragraph("", "", link, classes=["snippet-name"])
        yield programs.button(script, name, self.up, self.language)
        yield nodes.paragraph("", "", *_text(entry.summary), classes=["snippet-does"])
        more = nodes.paragraph("", "", _section_link(entry), classes=["snippet-more"])
        needed = made.direct([entry.name], self.code)
        if needs := list(feet.needs(needed, self.links, self.language)):
            more += nodes.inline("", words["needs"], *needs, classes=["snippet-needs"])
        files = [(words["program"], f"{programs.FOLDER}/{name}.py")]
        if name in tests:
            files.insert(0, (words["tests in short"], f"{listings.FOLDER}/{tests[name]}"))
        for word, path in files:
            more += nodes.reference("", word, refuri=f"{self.up}{path}", internal=True)
        yield more

    def _printed(self, entries: list[Entry], page: Page) -> nodes.container:
        """Make the list of a chapter for paper: name, what it does, and the page of its section."""
        lines = nodes.container(classes=["snippetlist"])
        on_root = page.name == self.config.root_doc  # whose own heading paper leaves out
        for entry in entries:
            label = f"{page.name}::doc" if on_root else f"{page.name}:{entry.section}"
            name, number = nodes.literal(text=entry.name.name), raw(rf"\booksnippet{{{label}}}")
            lines += nodes.paragraph("", "", name, nodes.Text(" "), *_text(entry.summary), number)
        return lines

    def _table(self, entries: list[Entry]) -> nodes.container:
        """Make the table of a chapter for readers who cannot click."""
        rows: list[list | nodes.Element] = [
            [[nodes.literal(text=entry.name.name)], [*_text(entry.summary)], [_section_link(entry)]]
            for entry in entries
        ]
        head = [self.language.words[word] for word in ("name", "does", "explained")]
        listed = table(head, rows, classes=["longtable"])  # goes on on the next page
        return nodes.container("", listed, classes=["snippets"])


def _anchor(name: Name) -> str:
    return f"snippet-{name.name}"


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
