"""Pictures that are light, keep their place while a page loads, and load when a reader nears."""

from pathlib import Path

import PIL
from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from bookkit import stale

LOSSLESS_BYTES = 120_000  # larger ones hold photographs, where a loss is not seen


class LightPictures(SphinxPostTransform):
    """Show the figures of cells as WebP on the site: a third of PNG's size, and less."""

    default_priority = 900  # after MyST-NB has chosen the PNG
    builders = ("html",)

    def run(self, **kwargs: object) -> None:
        """Point each figure to its lighter copy, which stands beside it among the outputs."""
        outputs = Path(self.env.mystnb_config.output_folder).resolve()
        for node in self.document.findall(nodes.image):
            source = Path(self.env.srcdir, node["uri"]).resolve()
            if source.suffix == ".png" and source.is_relative_to(outputs):
                node["uri"] = str(Path(node["uri"]).with_name(light_copy(source).name))
                node["candidates"] = {"*": node["uri"]}
                self.env.images.add_file(self.env.docname, node["uri"])


def light_copy(source: Path) -> Path:
    """Return the copy of a figure, named by all it depends on, and written if it is not there."""
    key = stale.digest(source, Path(__file__), PIL.__version__)
    target = source.with_name(f"{key[:32]}.webp")
    if not target.exists():
        with Image.open(source) as picture:
            write_light(picture, target, LOSSLESS_BYTES)
    return target


def write_light(picture: Image.Image, target: Path, most: int) -> None:
    """Write a picture, whole or not at all; with a loss if it is larger without."""
    temporary = target.with_suffix(".tmp")
    picture.save(temporary, "WEBP", lossless=True, quality=80, method=4)
    if temporary.stat().st_size > most:
        picture.save(temporary, "WEBP", quality=75, method=6)
    temporary.replace(target)


def visit_image(translator: HTML5Translator, node: nodes.image) -> None:
    """Write a picture as Sphinx does, with its size in pixels: its place is free before it loads.

    The first picture of a page may stand on the first screen, so it does not wait.
    """
    attributes = ""
    if translator.builder.name == "html":  # e-readers know neither of these
        with Image.open(Path(translator.builder.srcdir, node["uri"])) as picture:
            width, height = picture.size
        first = next(iter(translator.document.findall(nodes.image))) is node
        loading = "eager" if first else "lazy"
        attributes = f'width="{width}" height="{height}" loading="{loading}" decoding="async" '
    type(translator).visit_image(translator, node)
    translator.body[-1] = translator.body[-1].replace("<img ", f"<img {attributes}", 1)


def depart_image(translator: HTML5Translator, node: nodes.image) -> None:
    """Close a picture as Sphinx does."""
    type(translator).depart_image(translator, node)


def setup(app: Sphinx) -> None:
    """Write pictures of the HTML builder."""
    app.add_post_transform(LightPictures)
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
