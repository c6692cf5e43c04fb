"""One name for one thing in what readers copy: no two modules of `kerasbook` define one name."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bookkit.checks.book import Book


def check(book: Book) -> Iterator[str]:
    """Compare the top-level names of all modules, private ones too; imports do not count."""
    first: dict[str, Path] = {}
    cure = (
        "who copies both overwrites one: let both chapters include it from one module above them, "
        "or give each a name that says how they differ"
    )
    for path, tree in book.modules.items():
        for name, line in _defined(tree):
            other = first.setdefault(name, path)
            if other != path:
                there = other.relative_to(book.root).as_posix()
                yield f"{book.where(path, line)}: {name!r} is defined in {there} too, and {cure}"


def _defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for each in (name for target in targets for name in ast.walk(target)):
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                    yield each.id, each.lineno
