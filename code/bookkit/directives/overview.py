"""What a page does, step by step: a numbered list that a returning reader goes by.

`:::{overview}` holds one numbered list, each item of which begins with a link to a section of the
page. Behind the list it says how long the page's cells take, as `book/seconds.json` records it,
and on the website it leads to the page's notebook.
`bookkit.checks.short` says where it stands.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bookkit.languages import LANGUAGES
from bookkit.running import seconds
from bookkit.web import publishing


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
        words = LANGUAGES[self.config.bookkit_language].words
        said = nodes.paragraph("", words["page takes"].format(seconds=f"{took:.0f}"))
        address = publishing.copy_of(self.env.docname, publishing.NOTEBOOK)
        link = nodes.reference("", words["as notebook"], refuri=address, classes=["download"])
        # Only the site has the notebooks beside the pages.
        notebook = addnodes.only("", nodes.paragraph("", "", link), expr="builder_html")
        return [*content, said, notebook]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("overview", Overview)
