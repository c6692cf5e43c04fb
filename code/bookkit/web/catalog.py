"""What there is to copy: each public function and class that a page shows, and where."""

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

from bookkit.checks import contents
from bookkit.checks.book import Book, Cell, Page
from bookkit.pages import includes
from bookkit.pages.programs import Name


class Entry(NamedTuple):
    """A function or class, and the section that explains it."""

    name: Name
    signature: str
    summary: str  # first line of the docstring
    section: str  # label


def entries(book: Book, language: str) -> dict[Page, list[Entry]]:
    """Return what there is to copy by page, both in the order in which it is read.

    A definition stands where it is shown first; if it is folded there and not on a later page, then
    on that one.
    """
    pages = contents.in_order(book.trees[language])
    shown = [(name, cell) for page in pages for cell in page.cells for name in _shown(cell, book)]
    places: dict[Name, Cell] = {}
    for name, cell in sorted(shown, key=lambda pair: pair[1].folded):
        places.setdefault(name, cell)
    found: dict[Page, list[Entry]] = {}
    for name, cell in dict.fromkeys(shown):
        if places[name] == cell:
            found.setdefault(cell.page, []).append(_entry(name, cell, book))
    return found


def _shown(cell: Cell, book: Book) -> Iterator[Name]:
    """Yield the public functions and classes that a cell includes."""
    for _, module, name in cell.included:
        public = not cell.removed and not name.startswith("_") and book.defines(module, name)
        if public and includes.kind(includes.module_file(module, book.code), name):
            yield Name(module, name)


def _entry(name: Name, cell: Cell, book: Book) -> Entry:
    source = includes.definition(includes.module_file(name.module, book.code), name.name)
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    summary = (ast.get_docstring(node) or "").partition("\n\n")[0]
    return Entry(name, signature(node), " ".join(summary.split()), _section(cell))


def _section(cell: Cell) -> str:
    """Return the label of the section in which a cell stands."""
    sections = cell.page.structure.sections
    return [each for each in sections if each.level and each.line <= cell.line][-1].label


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """Write how a function or class is called, without types."""
    if not isinstance(node, ast.ClassDef):
        return f"{node.name}({_arguments(node.args)})"
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return f"{node.name}({_arguments(each.args, skipped=1)})"
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    return f"{node.name}({', '.join(map(_field, fields))})" if fields else node.name


def _arguments(arguments: ast.arguments, skipped: int = 0) -> str:
    arguments = copy.deepcopy(arguments)
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    del arguments.args[:skipped]
    return ast.unparse(arguments)


def _field(node: ast.AnnAssign) -> str:
    value = f"={ast.unparse(node.value)}" if node.value else ""
    return ast.unparse(node.target) + value
