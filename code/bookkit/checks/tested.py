"""Where tests name what pages include: read from the syntax of the tests, none of which is run.

A test names what it, or a helper, fixture or constant of its file, imports from the package; no two
modules define one name. It also tests what the named code uses, and, by the dotted name of a
module in a string, all that the module defines.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bookkit.checks.book import PACKAGE, Book
from bookkit.pages import includes


class Place(NamedTuple):
    """A line of a test file that names something; in order, the line to show comes first."""

    in_other: bool  # not in the test file of its module
    in_helper: bool
    file: Path
    line: int
    name: str


def places(book: Book) -> dict[str, Place]:
    """Map each tested name of the package to the place that names it, or what uses it."""
    definitions = _definitions(book)
    places: dict[str, Place] = {}
    for path in sorted((book.tests / PACKAGE).rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = _imports(tree)
        for node in tree.body:
            in_helper = not getattr(node, "name", "").startswith("test_")
            for name, line in _named(node, imported):
                if name in definitions:
                    in_other = path.name != definitions[name][0]
                    place = Place(in_other, in_helper, path, line, name)
                    places[name] = min(place, places.get(name, place))
    waiting = list(places)
    for name in waiting:  # which grows
        for used in definitions[name][1]:
            if used in definitions and used not in places:
                places[used] = places[name]
                waiting.append(used)
    return places


def _definitions(book: Book) -> dict[str, tuple[str, list[str]]]:
    """Map each module and each name it defines to its test file, and to what it uses."""
    definitions = {}
    for path, tree in book.modules.items():
        own = {name: node for node in tree.body for name in includes.names(node)}
        known = _imports(tree) | {name: name for name in own}
        module = ".".join(path.relative_to(book.code).with_suffix("").parts)
        definitions[module] = f"test_{path.name}", list(own)
        for name, node in own.items():
            definitions[name] = f"test_{path.name}", [used for used, _ in _named(node, known)]
    return definitions


def _imports(tree: ast.Module) -> dict[str, str]:
    """Map the names that a file imports from modules to those they have there."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {each.asname or each.name: each.name for node in nodes for each in node.names}


def _named(statement: ast.stmt, known: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Yield what a statement uses of what is known, and its strings, each with its line."""
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(value=ast.Name(id=base), attr=name) if base in known:
                yield name, node.lineno
            case ast.Name(id=name) if name in known:
                yield known[name], node.lineno
            case ast.Constant(value=str(text)) if "." in text:
                yield text, node.lineno


def check(book: Book) -> Iterator[str]:
    """Name the functions and classes that pages include and no test names."""
    tested = places(book)
    for (module, name), (page, line) in book.included.items():
        if name not in tested and includes.kind(includes.module_file(module, book.code), name):
            yield page.at(line, f"{module}.{name} has no test: write one that names it")
