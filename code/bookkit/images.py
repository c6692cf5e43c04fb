"""Pictures that keep their place while a page loads, and load when a reader comes near."""

from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxTranslator


def visit_image(translator: SphinxTranslator, node: nodes.image) -> None:
    """Write a picture as Sphinx does, with its size in pixels: its place is free before it loads.

    The first picture of a page may stand on the first screen, so it does not wait.
    """
    attributes = ""
    if translator.builder.name == "html":  # e-readers know neither of these
        with Image.open(Path(translator.builder.srcdir, node["uri"])) as picture:
            width, height = picture.size
        first = next(iter(node.document.findall(nodes.image))) is node
        loading = "eager" if first else "lazy"
        attributes = f'width="{width}" height="{height}" loading="{loading}" decoding="async" '
    type(translator).visit_image(translator, node)
    translator.body[-1] = translator.body[-1].replace("<img ", f"<img {attributes}", 1)


def depart_image(translator: SphinxTranslator, node: nodes.image) -> None:
    """Close a picture as Sphinx does."""
    type(translator).depart_image(translator, node)


def setup(app: Sphinx) -> None:
    """Write pictures of the HTML builder."""
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
