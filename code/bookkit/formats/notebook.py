"""Export pages as plain notebooks and scripts: a Sphinx builder that writes Markdown cells.

It starts from the resolved document tree, where references, glue and reference results are text
already. What a Jupyter or Colab cannot show (roles, directives) never reaches the file.
"""

import ast
import base64
import html
import mimetypes
import posixpath
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from nbformat import NotebookNode, v4
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.errors import NoUri
from sphinx.locale import admonitionlabels
from sphinx.util.osutil import ensuredir

from bookkit.formats import tables
from bookkit.languages import LANGUAGES
from bookkit.pages import imports, reader
from bookkit.running import cache
from bookkit.web import publishing

SPECIAL = re.compile(r"([\\`*$<\[\]])")
PRINTED = "application/pdf"  # the copy of a figure for print: no notebook shows it
DATA_LINES = """\
import os
import urllib.request
import zipfile

urllib.request.urlretrieve("{address}", "sample-data.zip")
zipfile.ZipFile("sample-data.zip").extractall()
os.environ["KERASBOOK_DATA"] = "sample-data\""""


class NotebookBuilder(Builder):
    """Write `PAGE.ipynb` and `PAGE.py` for each page that has code cells."""

    name = "notebook"
    format = "notebook"
    epilog = "The notebooks are in %(outdir)s."
    supported_image_types = ["image/png", "image/svg+xml", "image/jpeg"]

    def get_outdated_docs(self) -> Iterable[str]:
        """Return none of its own: `stale` chooses."""
        return ()

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page inside the folder of exports."""
        if docname not in self.env.all_docs:
            raise NoUri(docname, typ)
        # Pages without cells have no notebook: link to the web page beside the exports.
        if not self._has_cells(docname):
            return f"../{docname}.html"
        return f"{docname}.ipynb"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of one page as seen from another."""
        return posixpath.relpath(self.get_target_uri(to, typ), posixpath.dirname(from_) or ".")

    def _has_cells(self, docname: str) -> bool:
        notebook = reader.page_of(self.env, docname)
        return any(cell.cell_type == "code" for cell in notebook.cells)

    def prepare_writing(self, docnames: AbstractSet[str]) -> None:
        """Open the cache once."""
        self.cache = get_cache(self.config.nb_execution_cache_path)

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write both files of a page."""
        target = Path(self.outdir, docname)
        ensuredir(target.parent)
        if self._has_cells(docname):
            self._number_figures(docname, doctree)
            source = reader.page_of(self.env, docname)
            exported = convert(doctree, cache.executed(self.cache, source), Path(self.srcdir))
            exported.metadata["language"] = LANGUAGES[self.config.bookkit_language].tag
            nbformat.validate(exported)
            script = target.with_name(target.name + publishing.SCRIPT)
            script.write_text(as_script(exported), encoding="utf-8")
            if repository := self.config.bookkit_repository:
                add_setup(exported, repository, bool(reader.settings(source).get("data")))
                nbformat.validate(exported)
            target.with_name(f"{target.name}.ipynb").write_text(
                nbformat.writes(exported) + "\n", encoding="utf-8"
            )

    def _number_figures(self, docname: str, doctree: nodes.document) -> None:
        """Write into each caption the number that the text refers to."""
        numbers = self.env.toc_fignumbers.get(docname, {}).get("figure", {})
        for caption in doctree.findall(nodes.caption):
            if number := numbers.get((caption.parent["ids"] or [""])[0]):
                text = self.config.numfig_format["figure"] % ".".join(map(str, number))
                caption.insert(0, [nodes.strong("", text), nodes.Text(" ")])

    def finish(self) -> None:
        """Have nothing left to do."""


def convert(doctree: nodes.document, executed: NotebookNode, source: Path) -> NotebookNode:
    """Build a notebook from a page's tree and its executed cells; ids count from the top.

    Args:
        doctree: the resolved tree.
        executed: the page as a notebook, with outputs.
        source: the folder that addresses of images start from.
    """
    writer = MarkdownWriter(source)
    cells: list[NotebookNode] = []
    for part in _parts(doctree):
        if isinstance(part, list):
            if text := writer.blocks(part):
                cells.append(v4.new_markdown_cell(text))
            continue
        if summary := part.get("summary"):
            cells.append(
                v4.new_markdown_cell(
                    f"*{writer.inline(nodes.inline('', '', nodes.Text(summary)))}*"
                )
            )
        cell = executed.cells[part["cell_index"]]
        cells.append(
            v4.new_code_cell(
                cell.source,
                metadata={"jupyter": {"source_hidden": True}} if summary else {},
                outputs=[_plain_output(output) for output in cell.outputs],
                execution_count=cell.execution_count,
            )
        )
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:03d}"
    metadata = {"kernelspec": dict(reader.KERNELSPEC)}
    return v4.new_notebook(cells=cells, metadata=metadata)


def add_setup(notebook: NotebookNode, repository: str, reads_data: bool) -> None:
    """Put what a machine without the book needs before the first code cell; nothing ran it."""
    positions = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    code = [notebook.cells[position] for position in positions]
    source = setup_cell(repository, code, reads_data)
    cell = v4.new_code_cell(source, id="setup", metadata={"tags": ["setup"]})
    notebook.cells.insert(positions[0], cell)


def setup_cell(name: str, cells: list[NotebookNode], reads_data: bool) -> str:
    """Write the cell that readies a machine which has nothing of the book.

    Args:
        name: the repository's `OWNER/NAME`.
        cells: the code cells of a page; what they import is what gets installed.
        reads_data: whether the page reads the book's data.
    """
    needed = imports.packages(ast.parse(cell.source) for cell in cells)
    wanted = [f'"{each}"' for each in cache.requirements() if each.name in needed]
    lines = [
        "# Colab, Kaggle and Binder first need this; at home, install it once and skip the cell."
    ]
    lines += [f"%pip install -q {' '.join(wanted)}"] if wanted else []
    if reads_data:
        address = f"https://raw.githubusercontent.com/{name}/{publishing.BRANCH}/sample-data.zip"
        lines.append(DATA_LINES.format(address=address))
    return "\n".join(lines)


def _plain_output(output: NotebookNode) -> NotebookNode:
    plain = nbformat.from_dict(output)
    plain.get("data", {}).pop(PRINTED, None)
    return plain


def _parts(doctree: nodes.document) -> Iterable[list[nodes.Node] | nodes.container]:
    """Yield runs of prose (lists of nodes) and code cells, in reading order."""
    prose: list[nodes.Node] = []
    for node in _flatten(doctree):
        if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
            yield prose
            prose = []
            yield node
        else:
            prose.append(node)
    yield prose


def _flatten(node: nodes.Element, depth: int = 0) -> Iterable[nodes.Node]:
    for child in node.children:
        if isinstance(child, nodes.section):
            yield from _flatten(child, depth + 1)
        else:
            if isinstance(child, nodes.title):
                child["depth"] = depth
            yield child


def as_script(notebook: NotebookNode) -> str:
    """Write a notebook as a Python script in the percent format that editors understand."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts.append(f"# %%\n{cell.source}")
        else:
            lines = (f"# {line}".rstrip() for line in cell.source.split("\n"))
            parts.append("# %% [markdown]\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _anchors(ids: Iterable[str], end: str = "") -> str:
    return "".join(f'<a id="{name}"></a>' for name in ids) + (end if ids else "")


class MarkdownWriter:
    """Turns docutils nodes into Markdown as Jupyter and Colab show it."""

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
            return SPECIAL.sub(r"\\\1", node.astext().replace("\n", " "))
        if isinstance(node, nodes.emphasis):
            return f"*{self.inline(node)}*"
        if isinstance(node, nodes.strong):
            return f"**{self.inline(node)}**"
        if isinstance(node, nodes.superscript):
            return f"<sup>{self.inline(node)}</sup>"
        if isinstance(node, nodes.literal):
            fence = "``" if "`" in node.astext() else "`"
            return f"{fence}{node.astext()}{fence}"
        if isinstance(node, nodes.math):
            return f"${node.astext()}$"
        if isinstance(node, nodes.reference):
            return self._reference(node)
        if isinstance(node, nodes.footnote_reference):
            return f"[\\[{node.astext()}\\]](#{node.get('refid', '')})"
        if isinstance(node, nodes.image):
            return self.block_image(node)
        if isinstance(node, nodes.target | nodes.comment | nodes.raw):
            return ""
        return self.inline(node)

    def _reference(self, node: nodes.reference) -> str:
        address = node.get("refuri") or f"#{node.get('refid', '')}"
        return f"[{self.inline(node)}]({address})"

    def block_title(self, node: nodes.title) -> str:
        """Write a heading, with the anchor that links to its section use."""
        level = max(1, node.get("depth", 1))
        anchors = node.parent["ids"] if isinstance(node.parent, nodes.section) else []
        return _anchors(anchors, "\n\n") + f"{'#' * level} {self.inline(node)}"

    def block_paragraph(self, node: nodes.paragraph) -> str:
        """Write a paragraph on one line."""
        return self.inline(node)

    block_rubric = block_caption = block_paragraph

    def block_math_block(self, node: nodes.math_block) -> str:
        """Write a displayed formula, and where it has one its number and anchor."""
        number = f"\n\\tag{{{node['number']}}}" if node.get("number") else ""
        return _anchors(node["ids"], "\n\n") + f"$$\n{node.astext().strip()}{number}\n$$"

    def block_literal_block(self, node: nodes.literal_block) -> str:
        """Write a fenced block."""
        language = node.get("language", "")
        language = "" if language in ("default", "none") else language
        text = node.astext().rstrip("\n")
        return f"```{language}\n{text}\n```"

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
        return f"{_anchors(node['ids'])}\\[{label.astext()}\\] {self.blocks(body)}"

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
        kinds = nodes.caption if node.get("drawn_by_cell") else (nodes.caption, nodes.image)
        parts = [
            self.block_image(child) if isinstance(child, nodes.image) else self.inline(child)
            for child in node.findall(lambda each: isinstance(each, kinds))
        ]
        return _anchors(node["ids"]) + "\n\n".join(parts)

    def block_image(self, node: nodes.image) -> str:
        """Write a picture with its bytes inside, so that the notebook needs no second file."""
        path = self.source / node["uri"]
        kind = mimetypes.guess_type(path.name)[0]
        content = base64.b64encode(path.read_bytes()).decode()
        return f"![{node.get('alt', '')}](data:{kind};base64,{content})"

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


def setup(app: Sphinx) -> None:
    """Register the builder."""
    app.add_builder(NotebookBuilder)
