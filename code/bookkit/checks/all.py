"""All checks that need no build, in one list: `make check` runs them, and so does `make test`."""

from collections.abc import Callable, Iterator

from bookkit.checks import parity, prose, sync, terms, tested
from bookkit.checks.book import Book

# A check reads the book and yields a line a problem: `path:line: message; cure`.
CHECKS: tuple[Callable[[Book], Iterator[str]], ...] = (
    parity.check,
    sync.check,
    terms.check,
    prose.chinese,
    prose.english,
    tested.check,
)


def run(book: Book) -> list[str]:
    """Run every check on one reading of the pages."""
    return [problem for check in CHECKS for problem in check(book)]
