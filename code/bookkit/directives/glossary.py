"""The glossary on its page, and links to it from where pages define a term.

`:::{terms} GROUP` lists the terms of a group of `book/glossary.yml`. In the section that an entry
names, the first emphasized occurrence of the term links to the entry; the entry links back.
"""

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bookkit.languages import LABELLED, LANGUAGES
from bookkit.pages import glossary
from bookkit.pages.glossary import Term


class Terms(SphinxDirective):
    """List the terms of a group, in the order of their names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write an item a term: its names, its definition, where it is taught."""
        book = Path(self.env.srcdir).parent
        self.env.note_dependency(book / glossary.FILE)
        terms = [term for term in glossary.read(book) if term.group == self.arguments[0]]
        if not terms:
            raise self.error(f"terms: no group {self.arguments[0]!r} in book/{glossary.FILE}")
        items = [nodes.list_item("", self._entry(term)) for term in terms]
        return [nodes.bullet_list("", *items, classes=["terms"])]

    def _entry(self, term: Term) -> nodes.paragraph:
        language = LANGUAGES[self.config.bookkit_language]
        code, words = language.code, language.words
        self.env.domains.standard_domain.note_hyperlink_target(
            term.label, self.env.docname, term.label, term.names[code]
        )
        target, name = nodes.target("", "", ids=[term.label]), nodes.strong("", term.names[code])
        entry = nodes.paragraph("", "", target, name)
        if others := [other for other in term.names.values() if other != term.names[code]]:
            entry += nodes.Text(words["term gap"].format(names=words["listed"].join(others)))
        definition, _ = self.parse_inline(term.definitions[code])
        entry += [nodes.Text(words["term colon"]), *definition]
        if also := term.also.get(code, ()):
            entry += nodes.Text(words["also called"].format(names=words["listed"].join(also)))
        entry += [nodes.Text(language.gap if language.spaced else ""), nodes.Text("→ ")]
        entry += addnodes.pending_xref(
            "", nodes.inline("", ""), refdomain="std", reftype="ref", refexplicit=False,
            reftarget=term.section, refdoc=self.env.docname, refwarn=True,
        )  # fmt: skip
        return entry


def link_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Link the first emphasized occurrence of each term in its section to its entry.

    There the index of the printed book points; for a term that is not emphasized, to the section.
    """
    language, book = app.config.bookkit_language, Path(app.srcdir).parent
    sections = {name: node for node in doctree.findall(nodes.section) for name in node["ids"]}
    for term in glossary.read(book):
        if section := sections.get(term.section):
            app.env.note_dependency(book / glossary.FILE)
            names = {name.casefold() for name in term.called(language)}
            node = next((node for node in _emphasized(section) if _named(node, names)), None)
            where = section if node is None else node
            indexed = [*where.get("indexed", ()), *term.called(language), term.names[LABELLED]]
            where["indexed"] = list(dict.fromkeys(indexed))
            if node is not None:
                _link(term, node, app.env.docname)


def _emphasized(section: nodes.section) -> Iterator[nodes.Element]:
    """Yield what a section emphasizes, and does not link already."""
    for node in section.findall(nodes.Element):
        marked = isinstance(node, nodes.emphasis | nodes.strong)
        if marked and all(isinstance(child, nodes.Text) for child in node.children):
            yield node


def _named(node: nodes.Element, names: set[str]) -> bool:
    text = node.astext().casefold().strip(" .:。：")
    return text in names or text.removesuffix("s") in names


def _link(term: Term, node: nodes.Element, docname: str) -> None:
    inner = nodes.inline("", "", *node.children)
    node.clear()
    node += addnodes.pending_xref(
        "", inner, refdomain="std", reftype="ref", refexplicit=True, reftarget=term.label,
        refdoc=docname, refwarn=False,
    )  # fmt: skip


def setup(app: Sphinx) -> None:
    """Register the list; links are made once a page is read."""
    app.add_directive("terms", Terms)
    app.connect("doctree-read", link_terms)
