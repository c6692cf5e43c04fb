"""Figures of cells: a caption in the language of the page for a picture that a cell drew.

`cell-figure` stands below the cell, with caption and alternative text. The style of the picture is
`# %include kerasbook.plots BOOK_STYLE`, then `plt.rcParams.update(BOOK_STYLE)`; series differ by
marker or line as well as by color.
"""

from pathlib import Path
from typing import TypeGuard

from docutils import nodes
from docutils.parsers.rst import directives
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
CSS_DPI = 96


class pending_figure(nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where a cell's picture will stand, with its caption."""


class CellFigure(SphinxDirective):
    """Give the picture of the code cell above a caption, alternative text and a name.

    The caption stands in Markdown and not in the cell, so that one execution serves both languages.
    """

    has_content = True
    option_spec = {"alt": directives.unchanged_required, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Leave a pending node; the outputs are attached once the page is parsed."""
        if "alt" not in self.options or not self.content:
            raise self.error("cell-figure needs :alt: and a caption")
        node = pending_figure(alt=self.options["alt"])
        self.set_source_info(node)
        caption, messages = caption_of(self)
        node += caption
        self.add_name(node)
        return [node, *messages]


def caption_of(directive: SphinxDirective) -> tuple[nodes.caption, list[nodes.system_message]]:
    """Read the content of a directive as the caption of a figure."""
    caption = nodes.caption()
    directive.set_source_info(caption)
    text = " ".join(directive.content)
    children, messages = directive.state.inline_text(text, directive.lineno)
    caption += children
    return caption, messages


class AttachFigures(SphinxTransform):
    """Move the picture of the cell before into the figure."""

    default_priority = 500

    def apply(self, **kwargs: object) -> None:
        """Replace each pending node by a figure."""
        for node in list(self.document.findall(pending_figure)):
            ahead = node.get("ahead", False)
            bundle = _picture_after(node) if ahead else _picture_before(node)
            if bundle is None:
                where = "below" if ahead else "above"
                LOGGER.warning("cell-figure: no picture in a code cell %s", where, location=node)
                node.replace_self(nodes.paragraph("", "", *node[0].children))
                continue
            cell_output = bundle.parent
            cell_output.remove(bundle)
            if not cell_output.children:
                cell_output.parent.remove(cell_output)
            for image in bundle.findall(nodes.image):
                image["alt"] = node["alt"]
                self._natural_size(image)
            figure = nodes.figure("", bundle, *node.children, ids=node["ids"], names=node["names"])
            figure.source, figure.line = node.source, node.line
            figure["drawn_by_cell"] = not ahead  # notebooks show it where it is drawn, too
            node.replace_self(figure)
            # docutils keeps track of which node a name belongs to.
            for name in figure["ids"]:
                self.document.ids[name] = figure

    def _natural_size(self, image: nodes.image) -> None:
        """Show a picture as large as it was drawn, in inches, whatever its resolution."""
        path = Path(self.env.relfn2path(image["uri"], self.env.docname)[1])
        if path.suffix == ".png":
            with Image.open(path) as opened:
                resolution = opened.info.get("dpi", (CSS_DPI,))[0]
                image["width"] = f"{round(opened.width * CSS_DPI / resolution)}px"


def is_code_cell(node: nodes.Node) -> TypeGuard[nodes.container]:
    """Whether a node is a code cell, outputs included."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _picture_before(node: nodes.Node) -> nodes.Element | None:
    """Find the last picture of the nearest code cell that stands before a node."""
    cells = list(filter(is_code_cell, node.parent.children[: node.parent.index(node)]))
    bundles = _pictures(cells[-1]) if cells else []
    return bundles[-1] if bundles else None


def _picture_after(node: nodes.Node) -> nodes.Element | None:
    """Find the first picture that a code cell below a node draws."""
    cells = filter(is_code_cell, node.findall(nodes.container, ascend=True, siblings=True))
    return next((bundle for cell in cells for bundle in _pictures(cell)), None)


def _pictures(cell: nodes.Element) -> list[nodes.Element]:
    return [
        bundle
        for bundle in cell.findall(nodes.container)
        if bundle.get("nb_element") == "mime_bundle"
        for form in bundle.findall(nodes.container)
        if form.get("mime_type", "").startswith("image/")
    ]


def setup(app: Sphinx) -> None:
    """Register the directive and what attaches its pictures."""
    app.add_node(pending_figure)
    app.add_directive("cell-figure", CellFigure)
    app.add_transform(AttachFigures)
