"""Folded cells outside the site: a line where they ran, and their code in listings at the end.

Paper cannot open a fold, and in full the folds would take more of a chapter than its text.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.texescape import escape

from bookkit.formats import blocks
from bookkit.languages import LANGUAGES

LINE_PT = 30  # what a line in a chapter takes, which may be two


@dataclass
class Listing:
    """Code that one or more folded cells share."""

    number: int
    block: nodes.Element
    summary: str  # of the first of them
    chapter: str
    uses: list[str] = field(default_factory=list)  # labels, one for each cell


class Folds(SphinxPostTransform):
    """Move the code of each folded cell to the appendix, once, with links there and back."""

    default_priority = 740  # Sphinx gathers the references at 750, behind all pages
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Leave a line for each cell, and write the appendix before the list of references."""
        listings: dict[str, Listing] = {}
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("summary"):
                listing = self._listing(cell, listings)
                label = f"fold-{listing.number}-{len(listing.uses)}"
                listing.uses.append(label)
                cell.parent.insert(cell.parent.index(cell), self._line(cell, listing, label))
                cell.remove(cell[0])
                if not cell.children:
                    cell.parent.remove(cell)
        if listings:
            self._append(listings.values())

    def _listing(self, cell: nodes.Element, known: dict[str, Listing]) -> Listing:
        """Return the listing of a cell's code: an earlier one where chapters share the code."""
        block = next(iter(cell[0].findall(nodes.literal_block)))
        preface = LANGUAGES[self.config.bookkit_language].print.preface
        chapter = _chapter(cell, self.document) or preface
        new = Listing(len(known) + 1, block, cell["summary"], chapter)
        return known.setdefault(block.astext(), new)

    def _line(self, cell: nodes.Element, listing: Listing, label: str) -> nodes.raw:
        """Say what the code does and where it is printed, with room for some of its output."""
        summary = self._tex(cell["summary"])
        line = rf"\bookfold{{{label}}}{{{summary}}}{{{listing.number}}}"
        outputs = [found for part in cell[1:] for found in part.findall(nodes.literal_block)]
        room = LINE_PT + (blocks.needed(outputs[0].astext()) if outputs else 0)
        return blocks.raw(rf"\needspace{{{room:.0f}pt}}{line}")

    def _append(self, listings: Iterable[Listing]) -> None:
        words = LANGUAGES[self.config.bookkit_language].words
        appendix = nodes.section(ids=["listings"])
        appendix += nodes.title("", words["listings"])
        appendix += nodes.paragraph("", words["about listings"])
        chapter = ""
        for listing in listings:
            if listing.chapter != chapter:
                chapter = listing.chapter
                appendix += blocks.raw(rf"\booklistingsof{{{self._tex(chapter)}}}")
            uses = ", ".join(rf"\pageref{{{label}}}" for label in listing.uses)
            head = rf"\booklisting{{{listing.number}}}{{{self._tex(listing.summary)}}}{{{uses}}}"
            appendix += nodes.container("", blocks.raw(head), listing.block, classes=["listing"])
        self._place([blocks.raw(r"\bookbeginlistings"), appendix, blocks.raw(r"\bookendlistings")])

    def _place(self, appendix: list[nodes.Element]) -> None:
        """Put the appendix behind the last page, or before the one that lists the references."""
        *_, page = self.document.findall(addnodes.start_of_file)
        at = page.parent.index(page) + (not any(page.findall(nodes.citation)))
        page.parent[at:at] = appendix

    def _tex(self, text: str) -> str:
        return escape(text, self.config.latex_engine)


class Endnotes(SphinxPostTransform):
    """Move the code of folded cells to the end of an EPUB's page: many readers open all folds."""

    default_priority = 190  # MyST-NB folds at 199
    builders = ("epub",)

    def run(self, **kwargs: object) -> None:
        """Leave a line that leads there, and lead back from each listing."""
        words = LANGUAGES[self.config.bookkit_language].words
        cells = [cell for cell in self.document.findall(nodes.container) if cell.get("summary")]
        end = nodes.section("", nodes.title("", words["listings"]), ids=["listings"])
        for number, cell in enumerate(cells, 1):
            name = words["listing"].format(number=number)
            link = _link(name, f"listing-{number}")
            line = nodes.paragraph("", cell["summary"] + " ", link, ids=[f"fold-{number}"])
            line["classes"] = ["fold"]
            cell.parent.insert(cell.parent.index(cell), line)
            del cell["hide_mode"]
            back = _link(words["back"], f"fold-{number}")
            head = nodes.paragraph("", "", nodes.strong("", name), nodes.Text(" "), back)
            head["ids"] = [f"listing-{number}"]
            end += [head, cell.pop(0)]
        if cells:
            next(iter(self.document.findall(nodes.section))).append(end)


def _link(text: str, target: str) -> nodes.reference:
    return nodes.reference("", text, refid=target, internal=True)


def _chapter(node: nodes.Node, book: nodes.document) -> str:
    """Return the title of the page that holds a node; the root page has none of its own here."""
    title, found = "", node
    # Sphinx leaves the parts of a page that it puts into the book in the document they came from.
    while not isinstance(found, nodes.document | addnodes.start_of_file):
        if isinstance(found, nodes.section):
            title = next(iter(found.findall(nodes.title))).astext()
        found = found.parent
    return "" if found is book else title


def setup(app: Sphinx) -> None:
    """Register what moves the code."""
    app.add_post_transform(Folds)
    app.add_post_transform(Endnotes)
