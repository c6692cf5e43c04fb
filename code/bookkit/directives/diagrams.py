"""Diagrams of ideas as figures: one SVG for all languages, with labels in the page's.

A drawing has a `viewBox` that begins with `0 0`, at most 480 wide if a phone is to show it whole,
and a line of English in each `<text>`. `labels.yml` has `English label: translation` below each
language, or `NAME: {English label: translation}` for one diagram alone; terms of the glossary need
no line, and formulas, code and names have the class `math`, `code` or `name`. The site holds it
inline, in the colors of the reader's mode; notebooks, EPUB and PDF get the light one as a file, the
Markdown for machines its alternative text.
"""

import os
from pathlib import Path
from xml.etree.ElementTree import Element

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from bookkit import stale
from bookkit.directives.figures import caption_of
from bookkit.errors import BookError
from bookkit.languages import LANGUAGES, Language
from bookkit.pages import diagrams, glossary

STYLE = "diagram.css"


class DrawnFigure(SphinxDirective):
    """A numbered figure of shapes and words: inline on the site, a file elsewhere."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required, "name": directives.unchanged_required}

    @property
    def language(self) -> Language:
        """The language of the page."""
        return LANGUAGES[self.config.bookkit_language]

    def require(self, *options: str) -> None:
        """Stop unless there are a caption, alternative text, a name, and what else is needed."""
        needed = ("name", *options, "alt")
        if not self.content or not self.options.keys() >= set(needed):
            listed = ", ".join(f":{option}:" for option in needed)
            raise self.error(f"{self.name} needs {listed} and a caption")

    def show(self, name: str, drawn: Element) -> list[nodes.Node]:
        """Return the figure of a drawing; what shows SVG files gets one."""
        self.env.note_dependency(self._style())
        style = self._style().read_text(encoding="utf-8")
        uri = self._keep(name, diagrams.standalone(drawn, style, self.language))
        caption, messages = caption_of(self)
        image = nodes.image(uri=uri, alt=self.options["alt"])
        figure = nodes.figure("", image, caption)
        self.set_source_info(figure)
        self.add_name(figure)
        image["inline"] = diagrams.inline(drawn, figure["ids"][0], self.options["alt"])
        return [figure, *messages]

    def _style(self) -> Path:
        return Path(self.env.app.confdir, self.config.html_static_path[0], STYLE)

    def _keep(self, name: str, text: str) -> str:
        """Write the file among the pictures of cells, and return its address."""
        folder = Path(self.env.mystnb_config.output_folder)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{stale.digest(text)[:16]}.svg"
        path.write_text(text, encoding="utf-8")
        return "/" + Path(os.path.relpath(path, self.env.srcdir)).as_posix()


class Diagram(DrawnFigure):
    """Show `book/diagrams/NAME.svg` as a numbered figure."""

    def run(self) -> list[nodes.Node]:
        """Draw it in the language of the page."""
        self.require()
        name = self.arguments[0]
        book = Path(self.env.srcdir).parent
        folder = diagrams.folder_of(book)
        for path in (folder / f"{name}.svg", folder / diagrams.LABELS, book / glossary.FILE):
            if path.is_file():  # Sphinx reads a page again and again for one that is not
                self.env.note_dependency(path)
        try:
            drawn = diagrams.draw(book, name, self.language.code)
        except BookError as error:
            raise self.error(f"diagram: {error}") from error
        return self.show(name, drawn)


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
