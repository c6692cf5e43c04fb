"""EPUB as readers' programs want it: what a page holds beyond text is declared in the package."""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder

ITEM = re.compile(r'<item (?P<rest>[^>]*href="(?P<href>[^"]+\.xhtml)"[^>]*?) ?/>')
# Properties of EPUB 3.3, and what in a page calls for them.
PROPERTIES = {"mathml": "<math", "svg": "<svg", "scripted": "<script"}


class BookEpub(Epub3Builder):
    """Sphinx's builder, which declares no property: validators refuse its pages with MathML."""

    def build_content(self) -> None:
        """Write `content.opf` with the properties of each page."""
        super().build_content()
        package = Path(self.outdir, "content.opf")
        text = package.read_text(encoding="utf-8")
        package.write_text(ITEM.sub(self._declare, text), encoding="utf-8")

    def _declare(self, item: re.Match) -> str:
        page = Path(self.outdir, item["href"]).read_text(encoding="utf-8")
        found = " ".join(name for name, sign in PROPERTIES.items() if sign in page)
        if not found or "properties=" in item["rest"]:
            return item.group()
        return f'<item {item["rest"]} properties="{found}" />'


def setup(app: Sphinx) -> None:
    """Take the place of Sphinx's builder."""
    app.add_builder(BookEpub, override=True)
