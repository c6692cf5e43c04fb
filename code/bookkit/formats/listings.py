"""Folded cells outside the site: a line where they ran, and their code in listings at the end.

Paper cannot open a fold, and in full the folds would take more of a chapter than its text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from bookkit.formats.blocks import before, needed, printed, raw
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
        language = LANGUAGES[self.config.bookkit_language]
        chapter = language.print.preface  # what stands before the first page of a list
        listings: dict[str, Listing] = {}  # by their code
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, addnodes.start_of_file):
                chapter = next(node.findall(nodes.title)).astext()
            elif _is_folded(node):
                block = next(node[0].findall(nodes.literal_block))
                new = Listing(len(listings) + 1, block, node["summary"], chapter)
                _leave_line(node, listings.setdefault(block.astext(), new))
        if listings:
            self._append(listings.values(), language.words)

    def _append(self, listings: Iterable[Listing], words: Mapping[str, str]) -> None:
        """Put the appendix behind the last page, or before the one that lists the references."""
        appendix = nodes.section("", nodes.title("", words["listings"]), ids=["listings"])
        appendix += nodes.paragraph("", words["about listings"])
        chapter = ""
        for listing in listings:
            if listing.chapter != chapter:
                chapter = listing.chapter
                appendix += raw(rf"\booklistingsof{{{printed(chapter)}}}")
            uses = ", ".join(rf"\pageref{{{label}}}" for label in listing.uses)
            head = rf"\booklisting{{{listing.number}}}{{{printed(listing.summary)}}}{{{uses}}}"
            appendix += nodes.container("", raw(head), listing.block, classes=["listing"])
        *_, page = self.document.findall(addnodes.start_of_file)
        at = page.parent.index(page) + (not any(page.findall(nodes.citation)))
        page.parent[at:at] = [raw(r"\bookbeginlistings"), appendix, raw(r"\bookendlistings")]


def _leave_line(cell: nodes.Element, listing: Listing) -> None:
    """Say what the code of a cell does and where it is printed, with room for some output."""
    label = f"fold-{listing.number}-{len(listing.uses)}"
    listing.uses.append(label)
    del cell[0]
    output = next(cell.findall(nodes.literal_block), None)
    room = LINE_PT + (needed(output.astext()) if output else 0)
    line = rf"\bookfold{{{label}}}{{{printed(cell['summary'])}}}{{{listing.number}}}"
    before(cell, rf"\needspace{{{room:.0f}pt}}{line}")
    if not cell.children:
        cell.parent.remove(cell)


class Endnotes(SphinxPostTransform):
    """Move the code of folded cells to the end of an EPUB's page: many readers open all folds."""

    default_priority = 190  # MyST-NB folds at 199
    builders = ("epub",)

    def run(self, **kwargs: object) -> None:
        """Leave a line that leads there, and lead back from each listing."""
        words = LANGUAGES[self.config.bookkit_language].words
        cells = list(filter(_is_folded, self.document.findall(nodes.container)))
        end = nodes.section("", nodes.title("", words["listings"]), ids=["listings"])
        for number, cell in enumerate(cells, 1):
            name = words["listing"].format(number=number)
            there, back = f"listing-{number}", f"fold-{number}"
            line = nodes.paragraph("", cell["summary"] + " ", _link(name, there), ids=[back])
            line["classes"] = ["fold"]
            cell.parent.insert(cell.parent.index(cell), line)
            del cell["hide_mode"]
            title = [nodes.strong("", name), nodes.Text(" "), _link(words["back"], back)]
            end += [nodes.paragraph("", "", *title, ids=[there]), cell.pop(0)]
        if cells:
            next(self.document.findall(nodes.section)).append(end)


def _link(text: str, target: str) -> nodes.reference:
    return nodes.reference("", text, refid=target, internal=True)


def _is_folded(node: nodes.Node) -> TypeGuard[nodes.container]:
    return isinstance(node, nodes.container) and "summary" in node


def setup(app: Sphinx) -> None:
    """Register what moves the code."""
    app.add_post_transform(Folds)
    app.add_post_transform(Endnotes)
