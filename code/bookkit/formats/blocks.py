"""What TeX is told beside Sphinx's own, and how much of a block of code a page has to hold."""

from docutils import nodes
from sphinx.util.texescape import escape

# Points a line, and around its frame. A block of few lines stays whole.
LINE_PT, FRAME_PT, WHOLE, FIRST_LINES = 10.2, 26, 12, 5
LETTERS_A_LINE = 101


def needed(text: str) -> float:
    """Return the points that a block of code or output needs where it begins."""
    lines = sum(-(-max(len(line), 1) // LETTERS_A_LINE) for line in text.rstrip("\n").split("\n"))
    return LINE_PT * (lines if lines <= WHOLE else FIRST_LINES) + FRAME_PT


def raw(tex: str) -> nodes.raw:
    """Return a node that only TeX sees."""
    return nodes.raw("", tex, format="latex")


def before(node: nodes.Node, tex: str) -> None:
    """Write TeX before a node."""
    node.parent.insert(node.parent.index(node), raw(tex))


def printed(text: str) -> str:
    """Return what prints as a text."""
    return escape(text, "xelatex")
