"""What helps a learner: folded plumbing, explained lines, and the box about the article.

`fold` hides loaders, drawing, checks of arguments and measuring. What the article says stands in an
`article` box at the end of its section; where a page treats an error of the article, it links to
its entry in `errata`, a row of `kerasbook.errata.ledger`, and the entry links back. An exercise
with code has a grader, `# %include kerasbook.grading difference _unequal grade`, which runs on
nothing, on the answer and on the usual mistake.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from bookkit.directives.figures import is_code_cell
from bookkit.languages import LANGUAGES

LOGGER = logging.getLogger(__name__)
CALLOUT = re.compile(r"[①-⑳]")


class pending_fold(nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands above the code cell that will be folded."""


class Fold(SphinxDirective):
    """Fold the code cell below; the argument says in one line, plain text, what it does."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Leave a pending node; cells are folded once the page is parsed."""
        node = pending_fold(summary=" ".join(self.arguments[0].split()))
        self.set_source_info(node)
        return [node]


def fold_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Hand the line of each fold to the cell below, which MyST-NB then folds."""
    for node in list(doctree.findall(pending_fold)):
        cell = node.next_node(descend=False, siblings=True)
        if cell is None or not is_code_cell(cell):
            LOGGER.warning("fold: no code cell below", location=node)
        else:
            cell["hide_mode"] = "input"
            cell["prompt_show"] = cell["prompt_hide"] = cell["summary"] = node["summary"]
        node.parent.remove(node)


class Article(SphinxDirective):
    """A small box about what the article says, at the end of a section."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Build the box."""
        self.assert_has_content()
        word = LANGUAGES[self.config.bookkit_language].words["article"]
        box = nodes.admonition("", nodes.title("", word), classes=["article-box"])
        box += self.parse_content_to_nodes()
        return [box]


def mark_callouts(app: Sphinx, doctree: nodes.document) -> None:
    """Tell lists that explain marked lines of code by a class: the mark is their bullet."""
    for items in doctree.findall(nodes.bullet_list):
        if all(CALLOUT.match(item.astext()) for item in items.children):
            items["classes"].append("callouts")


def setup(app: Sphinx) -> None:
    """Register directives; cells and lists are changed once a page is read."""
    app.add_node(pending_fold)
    app.add_directive("fold", Fold)
    app.add_directive("article", Article)
    app.connect("doctree-read", fold_cells)
    app.connect("doctree-read", mark_callouts)
