"""What a page does, step by step: a numbered list that a returning reader goes by.

`:::{overview}` holds one numbered list, each item of which begins with a link to a section of the
page. Behind the list it says how long the page's cells take, as `book/seconds.json` records it.
`bookkit.checks.short` says where it stands.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bookkit.languages import LANGUAGES
from bookkit.running import seconds


class Overview(SphinxDirective):
    """Show the list, and how long the page takes."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Add a sentence to the list."""
        self.assert_has_content()
        content = self.parse_content_to_nodes()
        if len(content) != 1 or not isinstance(content[0], nodes.enumerated_list):
            raise self.error("overview: one numbered list stands here")
        self.env.note_dependency(seconds.RECORD)
        took = max(round(seconds.recorded(self.env.docname), -1), 10)
        words = LANGUAGES[self.config.bookkit_language].words["page takes"]
        return [*content, nodes.paragraph("", words.format(seconds=f"{took:.0f}"))]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("overview", Overview)
