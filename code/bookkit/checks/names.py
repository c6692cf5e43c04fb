"""One name for one thing in what readers copy: no two modules of `kerasbook` define one name."""

from collections.abc import Iterator
from pathlib import Path

from bookkit.checks.book import Book
from bookkit.pages import includes


def check(book: Book) -> Iterator[str]:
    """Compare the top-level names of all modules, private ones too; imports do not count."""
    first: dict[str, Path] = {}
    cure = (
        "who copies both overwrites one: let both chapters include it from one module above them, "
        "or give each a name that says how they differ"
    )
    for path, tree in book.modules.items():
        places = [(node.lineno, name) for node in tree.body for name in includes.names(node)]
        for line, name in places:
            other = first.setdefault(name, path)
            if other != path:
                there = other.relative_to(book.root).as_posix()
                yield f"{book.where(path, line)}: {name!r} is defined in {there} too, and {cure}"
