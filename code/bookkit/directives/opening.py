"""The first page: what the book says of itself in numbers, and a few lines of the code below.

The first pages are `book/zh/index.md` and `book/en/index.md`, their looks
`book/_static/first-page.css`. The role `fact` writes what ran in this build (`cells`, `chapters`)
or with which version (`keras`); `statement` shows the lines of a cell below that bind a name;
pictures of cards are `thumbnail`s of figures that pages drew.
"""

import ast
from pathlib import Path

from docutils import nodes
from jupyter_cache import get_cache
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from bookkit.checks.book import Book, Page
from bookkit.pages import reader
from bookkit.paths import CODE
from bookkit.running import cache


class Fact(SphinxRole):
    """How many chapters and cells in sight ran, or the version of a package.

    It is the version that the page ran with, without its last number: a patch changes no text.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Insert it as text."""
        pages = self._pages_that_run()
        cells = [cell for page in pages for cell in page.cells if not cell.removed]
        counts = {"chapters": len(pages), "cells": len(cells)}
        if self.text in counts:
            return [nodes.Text(f"{counts[self.text]:,}")], []
        if version := self._versions().get(self.text):
            return [nodes.Text(".".join(version.split(".")[:2]))], []
        facts = ", ".join(counts)
        problem = f"fact: expected {facts} or a package of this page's run. Received: {self.text}"
        return [], [self.inliner.reporter.error(problem, line=self.lineno)]

    def _pages_that_run(self) -> list[Page]:
        book = Book(CODE.parent)
        book.folder, book.code = Path(self.env.srcdir).parent, Path(self.config.bookkit_code)
        pages = list(book.trees[self.config.bookkit_language].values())
        for page in pages:
            self.env.note_dependency(page.path)
        return [page for page in pages if page.cells]

    def _versions(self) -> dict[str, str]:
        notebook = reader.page_of(self.env, self.env.docname)
        runs = get_cache(self.config.nb_execution_cache_path)
        return (cache.lookup(runs, notebook) or {}).get("packages", {})


class Statement(SphinxDirective):
    """Show the statement of a cell below that binds a name, and words about it.

    On the site alone: where all of a page is seen at once, it would only be said twice.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Find it among the cells of the page."""
        name = self.arguments[0]
        for cell in reader.page_of(self.env, self.env.docname).cells:
            if cell.cell_type == "code" and (source := binding(cell.source, name)):
                block = nodes.literal_block(source, source, language="python")
                words = self.parse_content_to_nodes()
                return [addnodes.only("", block, *words, expr="builder_html")]
        raise self.error(f"statement: no cell of this page binds {name!r}")


def binding(source: str, name: str) -> str:
    """Return the first statement of a program that binds a name, or nothing."""
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(each, ast.Name) and each.id == name for each in targets):
            return ast.get_source_segment(source, node) or ""
    return ""


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_role("fact", Fact())
    app.add_directive("statement", Statement)
