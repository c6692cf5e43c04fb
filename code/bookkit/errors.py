"""The errors that a builder of the book can cause and cure."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from bookkit.paths import ROOT


class BookError(Exception):
    """Something in the book is wrong; the message says where and what to do."""


class PageError(BookError):
    """Something on one page is wrong: `path:line: message`."""

    def __init__(self, path: Path | str, line: int, message: str):
        path = Path(path)
        if path.is_relative_to(ROOT):
            path = path.relative_to(ROOT)
        super().__init__(f"{path}:{line}: {message}")


class MissingTool(BookError):
    """A program outside Python is missing; the message says how to install it."""


def closest(name: str, known: Iterable[str]) -> str:
    """Name the three known names most like a misspelt one, in whatever case."""
    names = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), names, n=3, cutoff=0.4)
    return ", ".join(names[each] for each in found) or "none"
