"""Code and output in print: how much of a block a page has to hold."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# Points a line, and around its frame. A block of few lines stays whole.
LINE_PT, FRAME_PT, WHOLE, FIRST_LINES = 10.2, 26, 12, 5
LETTERS_A_LINE = 101


class Blocks(SphinxPostTransform):
    """Keep short blocks of code and output whole, and some lines of long ones together."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Say before each block how much room it needs."""
        for block in list(self.document.findall(nodes.literal_block)):
            command = r"\def\sphinxliteralblockwithoutcaptionneedspace"
            room = raw(f"{command}{{{needed(block.astext()):.0f}pt}}")
            block.parent.insert(block.parent.index(block), room)


def needed(text: str) -> float:
    """Return the points that a block needs where it begins."""
    lines = sum(-(-max(len(line), 1) // LETTERS_A_LINE) for line in text.rstrip("\n").split("\n"))
    return LINE_PT * (lines if lines <= WHOLE else FIRST_LINES) + FRAME_PT


def raw(tex: str) -> nodes.raw:
    """Return a node that only TeX sees."""
    return nodes.raw("", tex, format="latex")


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(Blocks)
