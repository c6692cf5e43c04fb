"""Diagrams of ideas as figures: one SVG for all languages, with labels in the page's."""

import os
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from bookkit import stale
from bookkit.directives.figures import caption_of
from bookkit.errors import BookError
from bookkit.languages import LABELLED, LANGUAGES
from bookkit.pages import diagrams, glossary

STYLE = "diagram.css"


class Diagram(SphinxDirective):
    """Show `book/diagrams/NAME.svg` as a numbered figure."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required, "name": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Draw it in the language of the page; what shows SVG files gets one."""
        if not (self.content and {"alt", "name"} <= self.options.keys()):
            raise self.error("diagram needs :name:, :alt: and a caption")
        name, alt = self.arguments[0], self.options["alt"]
        language = LANGUAGES[self.config.bookkit_language]
        book = Path(self.env.srcdir).parent
        self._note(book, name)
        try:
            drawn = diagrams.draw(book, name, language.code)
        except BookError as error:
            raise self.error(f"diagram: {error}") from error
        style = self._style().read_text(encoding="utf-8")
        uri = self._keep(name, diagrams.standalone(drawn, style, language))
        caption, messages = caption_of(self)
        image = nodes.image(uri=uri, alt=alt)
        figure = nodes.figure("", image, caption)
        self.set_source_info(figure)
        self.add_name(figure)
        image["inline"] = diagrams.inline(drawn, figure["ids"][0], alt)
        return [figure, *messages]

    def _style(self) -> Path:
        return Path(self.env.app.confdir, self.config.html_static_path[0], STYLE)

    def _note(self, book: Path, name: str) -> None:
        """Have the page read again when what it shows of the diagram changes."""
        folder = diagrams.folder_of(book)
        words = book / LABELLED / f"{glossary.GLOSSARY}.md"
        for path in (folder / f"{name}.svg", folder / diagrams.LABELS, words, self._style()):
            if path.is_file():  # Sphinx reads a page again and again for one that is not
                self.env.note_dependency(path)

    def _keep(self, name: str, text: str) -> str:
        """Write the file among the pictures of cells, and return its address."""
        folder = Path(self.env.mystnb_config.output_folder)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{stale.digest(text)[:16]}.svg"
        path.write_text(text, encoding="utf-8")
        return "/" + Path(os.path.relpath(path, self.env.srcdir)).as_posix()


class Inline(SphinxPostTransform):
    """Put diagrams into the pages of the site, where they follow the color mode."""

    default_priority = 5  # before pictures are collected
    builders = ("html",)

    def run(self, **kwargs: object) -> None:
        """Replace each picture by what it shows."""
        for image in list(self.document.findall(nodes.image)):
            if "inline" in image:
                image.replace_self(nodes.raw("", image["inline"], format="html"))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("diagram", Diagram)
    app.add_post_transform(Inline)
