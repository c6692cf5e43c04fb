"""Programs to copy: what each cell and each function is with all that it needs, a script a page.

They are the same in both languages, so they stand beside them. A page asks for its script when a
reader first wants to copy: with a `script` tag, since pages opened as files cannot fetch. Each
function is a file too, as the list of snippets has it: for readers without JavaScript, and for
programs that download.
"""

import ast
import hashlib
import json
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

from docutils import nodes

from bookkit import stale
from bookkit.checks.book import Book
from bookkit.languages import ORIGINAL, Language
from bookkit.pages import imports, programs, reader
from bookkit.pages.programs import Name
from bookkit.web import catalog

FOLDER = "programs"  # beside the languages
STAMP = "sources.sha256"


class Script(NamedTuple):
    """The programs of a page by the names that each defines, parted by spaces."""

    page: str
    programs: Mapping[str, str]

    @property
    def text(self) -> str:
        """What the file says."""
        name, programs = json.dumps(self.page), json.dumps(self.programs)
        return f"(window.bookPrograms ??= {{}})[{name}] = {programs};\n"

    @property
    def address(self) -> str:
        """Where it stands, beside the languages; another text has another address."""
        version = hashlib.sha256(self.text.encode()).hexdigest()[:8]
        return f"{FOLDER}/{self.page}.js?v={version}"


def script_of(page: str, path: Path, code: Path) -> Script:
    """Write the programs of a page: for each cell that includes something, each function."""
    notebook, _, included = reader.parse(path.read_text(encoding="utf-8"), path, code)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    backend = _backend(cells)
    wanted = [[Name(*each[:2]) for each in names] for names in included.values() if names]
    wanted += [[Name(*each[:2])] for names in included.values() for each in names if each[2]]
    return Script(page, {key(names): programs.program(names, code, backend) for names in wanted})


def key(names: list[Name]) -> str:
    """Return what a program is found by."""
    return " ".join(each.name for each in names)


def _backend(cells: list[str]) -> str:
    """Return the first backend of Keras that a page names."""
    found = (imports.BACKEND.search(ast.unparse(ast.parse(cell))) for cell in cells)
    return next((match[1] for match in found if match), "")


def button(script: Script, wanted: str, up: str, language: Language) -> nodes.raw:
    """Make a button that copies a program; only a script shows it.

    Args:
        script: of the page that has the program.
        wanted: the names that the program defines, its key.
        up: the way from the page with the button to the languages.
        language: the language of the button.
    """
    word = language.words["copy with imports"]
    label = f"{word}{language.colon}{', '.join(wanted.split())}"
    return nodes.raw(
        "",
        f'<button type="button" class="copy-program" hidden data-page="{script.page}" '
        f'data-from="{up}{script.address}" data-program="{escape(wanted)}" '
        f'aria-label="{escape(label)}">{word}</button>',
        format="html",
    )


def write(folder: Path, book: Book) -> None:
    """Write the script of each page and the file of each function, if what they hold changed."""
    written, code = book.trees[ORIGINAL].values(), book.code
    shown = (part for page in written for part in page.shown_elsewhere)
    stamp, made_from = folder / STAMP, stale.digest(code, *shown)
    if stamp.is_file() and stamp.read_text() == made_from:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = catalog.entries(book, ORIGINAL)
    for page in written:
        script = script_of(page.name, page.path, code)
        if script.programs:
            path = folder / f"{page.name}.js"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(script.text, encoding="utf-8")
        for name in (entry.name.name for entry in listed.get(page, [])):
            (folder / f"{name}.py").write_text(script.programs[name], encoding="utf-8")
    stamp.write_text(made_from)
