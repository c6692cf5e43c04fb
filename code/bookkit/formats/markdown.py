"""Write a resolved document tree as the Markdown that notebooks show and machines read."""

import base64
import html
import mimetypes
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from docutils import nodes
from jupyter_cache import get_cache
from sphinx.builders import Builder
from sphinx.errors import NoUri
from sphinx.locale import admonitionlabels

from bookkit.formats import tables

SPECIAL = re.compile(r"([\\`*$<\[\]])")
TICKS = re.compile(r"`{3,}")
MARKS: dict[type[nodes.Node], str] = {
    nodes.emphasis: "*{}*",
    nodes.strong: "**{}**",
    nodes.superscript: "<sup>{}</sup>",
}


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", text.replace("\n", " "))


def fenced(text: str, language: str) -> str:
    """Return a block of code or output, its fence longer than any within."""
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in TICKS.findall(text))])
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def anchors(ids: Iterable[str], end: str = "") -> str:
    """Return what links to some names lead to."""
    return "".join(f'<a id="{name}"></a>' for name in ids) + (end if ids else "")


class MarkdownBuilder(Builder):
    """Writes pages with what their cells put out, as the cache has it."""

    supported_image_types = ["image/png", "image/svg+xml", "image/jpeg"]
    suffix = ""  # of a page's file

    def get_outdated_docs(self) -> Iterable[str]:
        """Return none of its own: `stale` chooses."""
        return ()

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page inside the folder of this format."""
        if docname not in self.env.all_docs:
            raise NoUri(docname, typ)
        return docname + self.suffix

    def prepare_writing(self, docnames: AbstractSet[str]) -> None:
        """Open the cache once."""
        self.cache = get_cache(self.config.nb_execution_cache_path)

    def write_numbers(self, docname: str, doctree: nodes.document) -> None:
        """Write into each caption and displayed formula the number that texts refer to."""
        numbers = self.env.toc_fignumbers.get(docname, {})
        for caption in doctree.findall(nodes.caption):
            if number := numbers.get("figure", {}).get((caption.parent["ids"] or [""])[0]):
                text = self.config.numfig_format["figure"] % ".".join(map(str, number))
                caption.insert(0, [nodes.strong("", text), nodes.Text(" ")])
        for formula in doctree.findall(nodes.math_block):
            if formula["ids"]:  # counted through the book; the formula knows its place on the page
                number = numbers["displaymath"][formula["ids"][0]]
                formula["number"] = ".".join(map(str, number))

    def finish(self) -> None:
        """Have nothing left to do."""


class MarkdownWriter:
    """Turns docutils nodes into Markdown as Jupyter and Colab show it."""

    cells_show_pictures = True  # those that they drew, among their outputs

    def __init__(self, source: Path = Path()):
        self.source = source

    def blocks(self, children: Iterable[nodes.Node], indent: str = "") -> str:
        """Write block nodes, an empty line between two."""
        written = [self.block(child) for child in children]
        text = "\n\n".join(part for part in written if part)
        return "\n".join((indent + line).rstrip() if line else "" for line in text.split("\n"))

    def block(self, node: nodes.Node) -> str:
        """Write one block node.

        Raises:
            NotImplementedError: a kind of node that no page has used before.
        """
        for kind in type(node).__mro__:
            method = getattr(self, f"block_{kind.__name__}", None)
            if method:
                return method(node)
        raise NotImplementedError(f"no Markdown for the node {type(node).__name__}: {node}")

    def inline(self, node: nodes.Node) -> str:
        """Write the children of a node as running text."""
        return "".join(self._inline(child) for child in node.children)

    def _inline(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return escaped(node.astext())
        if type(node) in MARKS:
            return MARKS[type(node)].format(self.inline(node))
        if isinstance(node, nodes.literal):
            fence = "``" if "`" in node.astext() else "`"
            return f"{fence}{node.astext()}{fence}"
        if isinstance(node, nodes.math):
            return f"${node.astext()}$"
        if isinstance(node, nodes.reference):
            address = node.get("refuri") or f"#{node.get('refid', '')}"
            return f"[{self.inline(node)}]({address})"
        if isinstance(node, nodes.footnote_reference):
            return f"[\\[{node.astext()}\\]](#{node.get('refid', '')})"
        if isinstance(node, nodes.image):
            return self.block_image(node)
        if isinstance(node, nodes.target):
            return anchors(node["ids"])
        if isinstance(node, nodes.comment | nodes.raw):
            return ""
        return self.inline(node)

    def block_section(self, node: nodes.Element) -> str:
        """Write what stands in a node, one block after another."""
        return self.blocks(node.children)

    def block_title(self, node: nodes.title) -> str:
        """Write a heading, with the anchor that links to its section use."""
        mark = "#" * len(node.section_hierarchy())
        return anchors(node.parent["ids"], "\n\n") + f"{mark} {self.inline(node)}"

    def block_paragraph(self, node: nodes.paragraph) -> str:
        """Write a paragraph on one line."""
        return self.inline(node)

    block_caption = block_paragraph

    def block_rubric(self, node: nodes.rubric) -> str:
        """Write a heading that no contents list, where it says that it is one."""
        level = node.get("heading-level")
        return f"{'#' * level} {self.inline(node)}" if level else self.inline(node)

    def block_math_block(self, node: nodes.math_block) -> str:
        """Write a displayed formula, and where it has one its number and anchor."""
        number = f"\n\\tag{{{node['number']}}}" if node.get("number") else ""
        return anchors(node["ids"], "\n\n") + f"$$\n{node.astext().strip()}{number}\n$$"

    def block_literal_block(self, node: nodes.literal_block) -> str:
        """Write a fenced block."""
        language = node.get("language", "")
        return fenced(node.astext(), "" if language in ("default", "none") else language)

    def block_bullet_list(self, node: nodes.bullet_list) -> str:
        """Write a list."""
        return "\n".join(self._item(item, "- ") for item in node.children)

    def block_enumerated_list(self, node: nodes.enumerated_list) -> str:
        """Write a numbered list."""
        start = node.get("start", 1)
        return "\n".join(self._item(item, f"{start + i}. ") for i, item in enumerate(node.children))

    def _item(self, item: nodes.Node, mark: str) -> str:
        return mark + self.blocks(item.children, " " * len(mark)).lstrip()

    def block_block_quote(self, node: nodes.Element) -> str:
        """Write a quotation."""
        text = self.blocks(node.children)
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))

    def block_footnote(self, node: nodes.footnote | nodes.citation) -> str:
        """Write a note or a source below the text, with the anchor that links to it use."""
        label, *body = node.children
        return f"{anchors(node['ids'])}\\[{label.astext()}\\] {self.blocks(body)}"

    block_citation = block_footnote

    def block_Admonition(self, node: nodes.Element) -> str:  # noqa: N802, docutils's class name
        """Write a note as a quotation whose first line is its title."""
        children = list(node.children)
        title: Sequence[nodes.Node] = [nodes.Text(str(admonitionlabels.get(node.tagname, "")))]
        if children and isinstance(children[0], nodes.title):
            title = children.pop(0).children
        head = nodes.paragraph("", "", nodes.strong("", "", *title))
        return self.block_block_quote(nodes.block_quote("", head, *children))

    def block_container(self, node: nodes.container) -> str:
        """Write a folded answer, or just what a container holds."""
        if node.get("design_component") != "dropdown":
            return self.blocks(node.children)
        title, *body = node.children
        summary = f"<details>\n<summary>{html.escape(title.astext())}</summary>"
        return f"{summary}\n\n{self.blocks(body)}\n\n</details>"

    def block_figure(self, node: nodes.figure) -> str:
        """Write picture and caption; a picture that a cell drew stands above already."""
        above = self.cells_show_pictures and node.get("drawn_by_cell")
        pictures = [] if above else node.findall(nodes.image)
        parts = [*map(self.block_image, pictures), *map(self.inline, node.findall(nodes.caption))]
        return anchors(node["ids"]) + "\n\n".join(parts)

    def block_image(self, node: nodes.image) -> str:
        """Write a picture with its bytes inside, so that the notebook needs no second file.

        As HTML, since VS Code takes drawings in a link of Markdown's own for unsafe, and shows it.
        """
        path = self.source / node["uri"]
        kind = mimetypes.guess_type(path.name)[0]
        content = base64.b64encode(path.read_bytes()).decode()
        alt = html.escape(node.get("alt", ""))
        return f'<img alt="{alt}" src="data:{kind};base64,{content}">'

    def block_table(self, node: nodes.table) -> str:
        """Write a pipe table; without a head, its first row has to serve as one.

        Pipe tables have no cell that spans rows: it is repeated in each of them.
        """
        rows = [
            [" ".join(self.blocks(entry.children).split("\n")).replace("|", "\\|") for entry in row]
            for row in tables.cells(node)
        ]
        if not any(node.findall(nodes.thead)):
            rows.insert(0, [" "] * len(rows[0]))
        rows.insert(1, ["---"] * len(rows[0]))
        lines = [f"| {' | '.join(row)} |" for row in rows]
        titles = [child for child in node.children if isinstance(child, nodes.title)]
        return "\n\n".join([*(f"**{self.inline(title)}**" for title in titles), "\n".join(lines)])

    def block_transition(self, node: nodes.transition) -> str:
        """Write a rule."""
        return "---"

    def block_Invisible(self, node: nodes.Node) -> str:  # noqa: N802, docutils's class name
        """Write nothing."""
        return ""

    block_raw = block_target = block_meta = block_compound = block_Invisible
