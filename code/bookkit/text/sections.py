"""Sections: their label as their only id, and the article's own number beside their heading."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ARTICLE_LABEL = re.compile(r"^sec-([1-4])((?:-\d+)+)$")


class ExplicitIds(SphinxTransform):
    """Give each section its label as its only id.

    Slugs of headings differ between the languages, and Chinese ones are mere counters; labels are
    equal. So links that readers copy last, and the switcher can stay on the section.
    """

    default_priority = 990

    def apply(self, **kwargs: object) -> None:
        """Drop the slugs of sections that have a label."""
        for section in self.document.findall(nodes.section):
            names = section["names"]
            explicit = [
                self.document.nameids[name]
                for name in names
                if self.document.nametypes.get(name) and self.document.nameids.get(name)
            ]
            if explicit:
                section["ids"] = explicit


def mark_article_sections(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Show the article's own number beside a heading that answers to it."""
    for section in doctree.findall(nodes.section):
        for label in section["ids"]:
            if match := ARTICLE_LABEL.match(label):
                number = f"§{match.group(1)}{match.group(2).replace('-', '.')}"
                badge: nodes.Element = nodes.inline(text=number, classes=["article-section"])
                if app.builder.format == "latex":
                    badge = nodes.raw(text=rf"\booksection{{{number}}}", format="latex")
                next(section.findall(nodes.title)).extend([nodes.Text(" "), badge])
                break


def setup(app: Sphinx) -> None:
    """Register the transform and the numbers."""
    app.add_transform(ExplicitIds)
    app.connect("doctree-resolved", mark_article_sections)
