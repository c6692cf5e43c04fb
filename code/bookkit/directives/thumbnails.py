"""Thumbnails: a part of a figure that a page of the book drew, small, on the site alone."""

from pathlib import Path

import PIL
from docutils import nodes
from docutils.parsers.rst import directives
from PIL import Image
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from bookkit import stale
from bookkit.web.images import write_light

LOGGER = logging.getLogger(__name__)
LOSSLESS_BYTES = 12_000  # a card has no room for more
WIDTH = 480  # pixels: fine screens show two for each of CSS
Crop = tuple[float, ...]


class pending_thumbnail(nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where a part of another figure will stand."""


def edges(argument: str) -> Crop:
    """Read left, top, right and bottom of a part, in percent of the whole."""
    crop = tuple(float(word) / 100 for word in argument.split())
    if len(crop) != 4 or not (0 <= crop[0] < crop[2] <= 1 and 0 <= crop[1] < crop[3] <= 1):
        raise ValueError(f"Expected left, top, right and bottom in percent. Received: {argument}")
    return crop


class Thumbnail(SphinxDirective):
    """A part of the figure that the argument names; what else the page shows says what it is."""

    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required, "crop": edges}

    def run(self) -> list[nodes.Node]:
        """Leave a pending node: the figure's page may not be read yet."""
        if "alt" not in self.options:
            raise self.error("thumbnail needs :alt:, which says what one sees")
        name = self.arguments[0]
        node = pending_thumbnail(
            figure=name, alt=self.options["alt"], crop=self.options.get("crop", (0, 0, 1, 1))
        )
        self.set_source_info(node)
        self.env.metadata[self.env.docname].setdefault(stale.SHOWN, []).append(name)
        return [node]


class CutThumbnails(SphinxPostTransform):
    """Put the parts of figures in their places."""

    default_priority = 8  # before anything else looks at pictures

    def run(self, **kwargs: object) -> None:
        """Replace each pending node by its picture; other formats have none."""
        for node in list(self.document.findall(pending_thumbnail)):
            node.parent.remove(node) if self.app.builder.name != "html" else self._cut(node)

    def _cut(self, node: pending_thumbnail) -> None:
        source = _drawn(self.env, node["figure"])
        if source is None:
            if not self.config.bookkit_partial:  # or the page that draws it has not run
                LOGGER.warning("thumbnail: no cell drew %r", node["figure"], location=node)
            node.parent.remove(node)
            return
        uri = str(Path(source).with_name(_part(Path(self.env.srcdir, source), node["crop"])))
        image = nodes.image(uri=uri, candidates={"*": uri}, alt=node["alt"], classes=["thumbnail"])
        self.env.images.add_file(self.env.docname, uri)
        node.replace_self(image)


def _drawn(env: BuildEnvironment, name: str) -> str | None:
    """Return the address of the picture of a figure that a cell drew."""
    docname, label = env.domaindata["std"]["anonlabels"].get(name, ("", ""))
    figures = env.get_doctree(docname).findall(nodes.figure) if docname else ()
    named = (figure for figure in figures if label in figure["ids"])
    pictures = (image["uri"] for figure in named for image in figure.findall(nodes.image))
    return next((uri for uri in pictures if uri.endswith(".png")), None)


def _part(source: Path, crop: Crop) -> str:
    """Cut a part out of a picture.

    Returns:
        the name of its file beside the picture, written if it is not there.
    """
    key = stale.digest(source, Path(__file__), PIL.__version__, repr(crop))
    target = source.with_name(f"{key[:32]}.webp")
    if not target.exists():
        with Image.open(source) as whole:
            size = whole.size * 2
            box = [round(share * length) for share, length in zip(crop, size, strict=True)]
            part = whole.convert("RGB").crop(box)  # type: ignore[arg-type]
        part.thumbnail((WIDTH, WIDTH))
        write_light(part, target, LOSSLESS_BYTES)
    return target.name


def setup(app: Sphinx) -> None:
    """Register the directive and what cuts its pictures."""
    app.add_node(pending_thumbnail)
    app.add_directive("thumbnail", Thumbnail)
    app.add_post_transform(CutThumbnails)
