"""Lines of a source are no lines of the book: breaks between Chinese characters go."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from bookkit.languages import LANGUAGES
from bookkit.text import passages

FULL_WIDTH = r"\u3001-\u3011\uff01-\uff5e\u201c\u201d\u2014\u2026"
CHINESE = passages.CHARACTERS
LINE_BREAK = re.compile(
    rf"(?<=[{FULL_WIDTH}])\n|\n(?=[{FULL_WIDTH}])|(?<=[{CHINESE}])\n(?=[{CHINESE}])"
)


class JoinLines(SphinxTransform):
    """Drop the line break where a language has no spaces, which browsers would show as one.

    Sources break lines after sentences; a break beside full-width punctuation, or between two
    Chinese characters, is no space. One between Chinese and Latin is.
    """

    default_priority = 400

    def apply(self, **kwargs: object) -> None:
        """Rewrite the running text of a page."""
        if LANGUAGES[self.config.bookkit_language].spaced:
            return
        # MyST makes a break a node of its own: its neighbors hold the characters around it.
        for line_break in [text for text in self.document.findall(nodes.Text) if text == "\n"]:
            children = line_break.parent.children
            # By identity: `index` compares text, so that a break that stays would stand for all.
            at = next(i for i, node in enumerate(children) if node is line_break)
            start = sum(len(node.astext()) for node in children[:at])
            if LINE_BREAK.match(line_break.parent.astext(), start):
                del line_break.parent[at]


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(JoinLines)
