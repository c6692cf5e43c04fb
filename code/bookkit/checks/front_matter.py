"""What stands above a page: title, description, format, and what the build is told of it."""

from collections.abc import Iterator
from typing import Any

from bookkit.checks.book import Book
from bookkit.data.registry import DATASETS
from bookkit.errors import closest
from bookkit.pages.reader import KERNELSPEC
from bookkit.running.packages import groups

FIXED = {"file_format": "mystnb", "kernelspec": KERNELSPEC}


def check(book: Book) -> Iterator[str]:
    """Ask each page for the keys that every page has, and for settings that exist."""
    for page in book.pages:
        front = page.structure.front_matter
        for key, value in FIXED.items():
            if front.get(key) != value:
                problem = f"{key} must be {value!r}. Received: {front.get(key)!r}"
                yield page.at(page.line_of(f"{key}:"), problem)
        for key in ("title", "description"):
            if not front.get(key):
                yield page.at(1, f"no {key} in the front matter: write one in the page's language")
        line = page.line_of("bookkit:")
        for problem in _settings(front.get("bookkit", {})):
            yield page.at(line, problem)


def _settings(settings: Any) -> Iterator[str]:
    names = settings.get("data", []) if isinstance(settings, dict) else None
    if not isinstance(names, list) or not settings.keys() <= {"data", "packages"}:
        expected = "{data: [NAME, …], packages: GROUP}"
        yield f"bookkit takes {expected}. Received: {settings!r}"
        return
    if (group := settings.get("packages")) and group not in groups():
        yield f"there is no group of packages {group!r}; closest: {closest(group, groups())}"
    for name in names:
        if name not in DATASETS:
            yield f"there is no data {name!r}; closest: {closest(name, DATASETS)}"
