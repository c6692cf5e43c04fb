"""Read a page as a notebook: MyST-NB's own reader, then the includes.

MyST-NB calls `read_text` through `nb_custom_formats`; the executor, the checks and the exports call
`read_page`. All see the same cells, so all compute the same cache key.
"""

import copy
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode
from sphinx.environment import BuildEnvironment

from bookkit.errors import BookError, PageError
from bookkit.pages import includes
from bookkit.running import packages

MYST_EXTENSIONS = ("colon_fence", "dollarmath")
FENCE = re.compile(r"`{3,}")  # of cells, and of directives with data
SHOWN_ELSEWHERE = ("#", "(", ":")  # headings, labels, directives and their options
# What a run knows of each dataset, by name: which variant, and its SHA-256.
Data = Mapping[str, Mapping[str, str]]
Included = dict[int, list[tuple[str, str, str]]]
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass
class Reading:
    """The page that Sphinx is reading, and what its cells came from."""

    path: Path
    code: Path  # includes come from below it
    data: Data
    files: list[Path] = field(default_factory=list)
    included: Included = field(default_factory=dict)


# MyST-NB hands its reader the text alone; the extension says here which page it belongs to.
current: ContextVar[Reading] = ContextVar("current")


def read_text(text: str) -> NotebookNode:
    """Read the text of the page that Sphinx is at (MyST-NB's custom format reader)."""
    reading = current.get()
    notebook, reading.files, reading.included = parse(text, reading.path, reading.code)
    return name_needs(notebook, reading.path, reading.data)


def read_page(path: Path, code: Path, data: Data) -> NotebookNode:
    """Read a page from disk, as it runs on these data."""
    notebook, _, _ = parse(path.read_text(encoding="utf-8"), path, code)
    return name_needs(notebook, path, data)


def page_of(env: BuildEnvironment, docname: str) -> NotebookNode:
    """Read a page of the book that Sphinx builds."""
    code, data = Path(env.config.bookkit_code), env.config.bookkit_data
    return read_page(Path(env.doc2path(docname)), code, data.get(docname, data[""]))


def name_needs(notebook: NotebookNode, path: Path, data: Data) -> NotebookNode:
    """Note the hashes of data and the versions of packages that a page names beside its kernel.

    The cache of pages looks there. A group of packages of its own costs no other page a run; those
    of all pages name the folder of the cache.

    Raises:
        PageError: nobody has such data, there is no such group, or not all of it is installed.
    """
    named = settings(notebook).get("data", [])
    if unknown := sorted(set(named) - set(data)):
        raise PageError(path, 1, f"unknown data {unknown}; known: {', '.join(data)}")
    if named:
        notebook.metadata.kernelspec["data"] = {name: data[name]["sha256"] for name in named}
    if group := settings(notebook).get("packages"):
        if group not in (groups := packages.groups()):
            raise PageError(path, 1, f"unknown packages {group!r}; groups: {', '.join(groups)}")
        try:
            notebook.metadata.kernelspec["packages"] = packages.package_versions(group)
        except BookError as error:
            raise PageError(path, 1, str(error)) from error
    return notebook


def parse(text: str, path: Path, code: Path) -> tuple[NotebookNode, list[Path], Included]:
    """Parse a page and expand its includes.

    Returns:
        the notebook, whose code cells carry nothing but their own metadata, the files included, and
        by index the `(module, name, kind)` of what a cell includes.

    Raises:
        PageError: a wrong kernelspec, or an include that names nothing.
    """
    notebook = read_written(text)
    files, included = [], {}
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        try:
            # Line numbers of the source survive because only the parsed cells change.
            cell.source, names, read = includes.expand(cell.source, code)
        except includes.IncludeError as error:
            line = cell_line(notebook, index) + error.line
            raise PageError(path, line, str(error)) from error
        files += read
        included[index] = [
            (*name, includes.kind(includes.module_file(name[0], code), name[1])) for name in names
        ]
    kernelspec = notebook.metadata.setdefault("kernelspec", dict(KERNELSPEC))
    if dict(kernelspec) != KERNELSPEC:
        raise PageError(path, 1, f"kernelspec must be {KERNELSPEC}. Received: {dict(kernelspec)}")
    return notebook, files, included


def read_written(text: str) -> NotebookNode:
    """Parse a page as it is written, include lines unexpanded."""
    return copy.deepcopy(_read_written(text))


@lru_cache(200)  # a build asks for the text of a page up to six times
def _read_written(text: str) -> NotebookNode:
    config = MdParserConfig(enable_extensions=set(MYST_EXTENSIONS))
    notebook = read_myst_markdown_notebook(text, config=config, add_source_map=True)
    # MyST-NB maps a cell to its fence; errors name lines of its body.
    lines = notebook.metadata["source_map"]
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:03d}"  # nbformat would draw one
        if cell.cell_type == "code":
            below = text.splitlines()[lines[index] :]
            lines[index] += _lines_above_body(below, bool(cell.metadata))
    return notebook


def without_prose(path: Path) -> str:
    """Return what other pages show of a page: all of its text but the lines of its paragraphs."""
    return _without_prose(path.read_text(encoding="utf-8"))


@lru_cache(200)  # each page that lists all pages asks
def _without_prose(text: str) -> str:
    kept, fence = [], ""
    for number, line in enumerate(text.splitlines()):
        opened = FENCE.match(line)
        opens = "---" if not number and line == "---" else opened[0] if opened else ""
        if fence or opens or line.startswith(SHOWN_ELSEWHERE):
            kept.append(line)
        closes = bool(fence) and line.rstrip() == fence
        fence = "" if closes else fence or opens
    return "\n".join(kept)


def _lines_above_body(lines: list[str], has_options: bool) -> int:
    """Count the lines of options, and the empty line below them, that open a code cell."""
    count = 0
    if has_options and lines[0].startswith("---"):
        count = 2 + next(i for i, line in enumerate(lines[1:]) if line.startswith("---"))
    elif has_options:
        count = next((i for i, line in enumerate(lines) if not line.startswith(":")), len(lines))
    return count + (not "".join(lines[count : count + 1]).strip())


def cell_line(notebook: NotebookNode, index: int) -> int:
    """Return the source line, counted from 1, at which a cell's body starts."""
    return notebook.metadata["source_map"][index] + 1


def settings(notebook: NotebookNode) -> dict:
    """Return the `bookkit:` block of a page's front matter."""
    return dict(notebook.metadata.get("bookkit", {}))
