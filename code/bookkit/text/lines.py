"""Lines of a source are no lines of the book: breaks go where a language has no spaces."""

import re
from functools import cache

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from bookkit.languages import LANGUAGES
from bookkit.text import passages

PUNCTUATION = rf"{passages.FULL_WIDTH}\u201c\u201d\u2014\u2026"


@cache
def _line_break(characters: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<=[{PUNCTUATION}])\n|\n(?=[{PUNCTUATION}])|(?<=[{characters}])\n(?=[{characters}])"
    )


class JoinLines(SphinxTransform):
    """Drop the line break where a language has no spaces, which browsers would show as one.

    Sources break lines after sentences; a break beside full-width punctuation, or between two
    characters of the language, is no space. One between these and Latin is.
    """

    default_priority = 400

    def apply(self, **kwargs: object) -> None:
        """Rewrite the running text of a page."""
        language = LANGUAGES[self.config.bookkit_language]
        if language.spaced:
            return
        is_no_space = _line_break(language.characters)
        # MyST makes a break a node of its own: its neighbors hold the characters around it.
        for line_break in [text for text in self.document.findall(nodes.Text) if text == "\n"]:
            children = line_break.parent.children
            # By identity: `index` compares text, so that a break that stays would stand for all.
            at = next(i for i, node in enumerate(children) if node is line_break)
            start = sum(len(node.astext()) for node in children[:at])
            if is_no_space.match(line_break.parent.astext(), start):
                del line_break.parent[at]


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(JoinLines)
