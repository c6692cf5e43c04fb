"""Export pages as plain notebooks and scripts: a Sphinx builder that writes Markdown cells.

It starts from the resolved document tree, where references, glue and reference results are text
already. What a Jupyter or Colab cannot show (roles, directives) never reaches the file.

Each begins with `setup_cell`, which installs what the page needs; `FOLDED` says how folded code is
shown.
"""

import ast
import html
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import nbformat
from docutils import nodes
from nbformat import NotebookNode, v4
from sphinx.application import Sphinx
from sphinx.util.osutil import ensuredir

from bookkit.directives.figures import is_code_cell
from bookkit.formats.markdown import MarkdownBuilder, MarkdownWriter, escaped
from bookkit.pages import imports, reader
from bookkit.running import cache
from bookkit.running.packages import requirements
from bookkit.web import publishing

PRINTED = "application/pdf"  # the copy of a figure for print: no notebook shows it
# Code that a page folds. JupyterLab and Colab begin with it closed, each by a key of its own; Colab
# shows a button instead, titled or not (googlecolab/colabtools#2154). VS Code keeps no such thing
# in a notebook (microsoft/vscode#158716, closed): its readers see the code, below the line that
# says what it does.
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
# What a script has instead of a picture, which no editor shows in a comment: its alternative text.
PICTURE = re.compile(r'<img alt="([^"]*)" src="data:[^"]*">')
# What colors the code before a kernel is there to say it.
PYTHON = {"name": "python", "mimetype": "text/x-python", "file_extension": ".py"}
THERE = {"IPython"}  # wherever a notebook runs
SETUP = "# What this page needs. What is installed already and new enough stays as it is."
DATA_LINES = """\
import os
import urllib.request
import zipfile

urllib.request.urlretrieve("{address}", "sample-data.zip")
zipfile.ZipFile("sample-data.zip").extractall()
os.environ["KERASBOOK_DATA"] = "sample-data\""""


class NotebookBuilder(MarkdownBuilder):
    """Write `PAGE.ipynb` and `PAGE.py` for each page that has code cells."""

    name = "notebook"
    format = "notebook"
    epilog = "The notebooks are in %(outdir)s."
    suffix = publishing.NOTEBOOK

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page; without cells, of the web page beside the notebooks."""
        address = super().get_target_uri(docname, typ)
        return address if self._has_cells(docname) else f"../{docname}.html"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of one page as seen from another.

        Colab and a folder of downloads hold one notebook alone: from there only the web leads on.
        """
        if self.config.bookkit_site:
            return f"{self.config.bookkit_site}{self.config.bookkit_language}/{to}.html"
        return super().get_relative_uri(from_, to, typ)

    def init(self) -> None:
        """Know of no page yet whether it has cells."""
        self.with_cells: dict[str, bool] = {}

    def _has_cells(self, docname: str) -> bool:
        if docname not in self.with_cells:  # hundreds of links lead to a page
            cells = reader.page_of(self.env, docname).cells
            self.with_cells[docname] = any(cell.cell_type == "code" for cell in cells)
        return self.with_cells[docname]

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write both files of a page; one that has not run shows no cell, and has none."""
        if not any(doctree.findall(is_code_cell)):
            return
        self.write_numbers(docname, doctree)
        page = reader.page_of(self.env, docname)
        exported = convert(doctree, cache.executed(self.cache, page), Path(self.srcdir))
        target = Path(self.outdir, docname)
        ensuredir(target.parent)
        script = target.with_name(target.name + publishing.SCRIPT)
        script.write_text(as_script(exported), encoding="utf-8")
        reads_data = bool(reader.settings(page).get("data"))
        add_setup(exported, self.config.bookkit_repository, reads_data)
        nbformat.validate(exported)
        text = nbformat.writes(exported) + "\n"
        target.with_name(target.name + self.suffix).write_text(text, encoding="utf-8")


def convert(doctree: nodes.document, executed: NotebookNode, source: Path) -> NotebookNode:
    """Build a notebook from a page's tree and its executed cells; ids count from the top.

    Args:
        doctree: the resolved tree.
        executed: the page as a notebook, with outputs.
        source: the folder that addresses of images start from.
    """
    writer = MarkdownWriter(source)
    cells: list[NotebookNode] = []
    for is_code, blocks in groupby(_blocks(doctree), key=is_code_cell):
        if is_code:
            for block in filter(is_code_cell, blocks):
                cells += _code_cells(block, executed)
        elif text := writer.blocks(blocks):
            cells.append(v4.new_markdown_cell(text))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:03d}"
    metadata = {"kernelspec": dict(reader.KERNELSPEC), "language_info": dict(PYTHON)}
    return v4.new_notebook(cells=cells, metadata=metadata)


def _blocks(node: nodes.Element) -> Iterator[nodes.Node]:
    """Yield the blocks of a page in reading order."""
    for child in node.children:
        if isinstance(child, nodes.section):
            yield from _blocks(child)
        else:
            yield child


def _code_cells(block: nodes.Element, executed: NotebookNode) -> Iterator[NotebookNode]:
    """Yield a code cell, below the line that says what it does if its code is folded."""
    summary = block.get("summary")
    if summary:
        yield v4.new_markdown_cell(f"*{escaped(summary)}*")
    cell = executed.cells[block["cell_index"]]
    yield v4.new_code_cell(
        cell.source,
        metadata=dict(FOLDED) if summary else {},
        outputs=[_plain_output(output) for output in cell.outputs],
        execution_count=cell.execution_count,
    )


def add_setup(notebook: NotebookNode, repository: str, reads_data: bool) -> None:
    """Put what a machine without the book needs before the first code cell; nothing ran it."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if source := setup_cell(repository, code, reads_data):
        cell = v4.new_code_cell(source, id="setup", metadata={"tags": ["setup"]})
        notebook.cells.insert(notebook.cells.index(code[0]), cell)


def setup_cell(repository: str, cells: list[NotebookNode], reads_data: bool) -> str:
    """Write the cell that readies a machine which has nothing of the book.

    It is a magic and no comment: who presses "Run all" in a fresh environment, or on a machine that
    begins anew each time as Colab's do, needs no other line. Where all is there, pip leaves it so.

    Args:
        repository: its `OWNER/NAME`, where the data can be fetched from; nothing if unknown.
        cells: the code cells of a page; what they need is what gets installed.
        reads_data: whether the page reads the book's data.
    """
    needed = imports.needs(ast.parse(cell.source) for cell in cells)
    needed -= sys.stdlib_module_names | THERE
    ranges = {requirement.name: str(requirement) for requirement in requirements("book")}
    wanted = [f'"{ranges.get(name, name)}"' for name in sorted(needed)]
    lines = [f"%pip install -q {' '.join(wanted)}"] if wanted else []
    if reads_data and repository:
        branch = f"https://raw.githubusercontent.com/{repository}/{publishing.BRANCH}"
        lines.append(DATA_LINES.format(address=f"{branch}/sample-data.zip"))
    return "\n".join([SETUP, *lines]) if lines else ""


def _plain_output(output: NotebookNode) -> NotebookNode:
    plain = nbformat.from_dict(output)
    plain.get("data", {}).pop(PRINTED, None)
    return plain


def as_script(notebook: NotebookNode) -> str:
    """Write a notebook as a Python script in the percent format that editors understand."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts.append(f"# %%\n{cell.source}")
        else:
            prose = PICTURE.sub(lambda picture: f"*{html.unescape(picture[1])}*", cell.source)
            lines = (f"# {line}".rstrip() for line in prose.split("\n"))
            parts.append("# %% [markdown]\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def setup(app: Sphinx) -> None:
    """Register the builder."""
    app.add_builder(NotebookBuilder)
