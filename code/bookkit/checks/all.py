"""All checks that need no build, in one list: `make check` runs them on the book."""

from collections.abc import Callable, Iterator

from bookkit.checks import (
    cells,
    contents,
    diagrams,
    front_matter,
    names,
    numbers,
    parity,
    prose,
    references,
    results,
    sections,
    short,
    shown,
    steps,
    sync,
    terms,
    tested,
)
from bookkit.checks.book import Book

# A check reads the book and yields a line a problem: `path:line: message; cure`.
CHECKS: tuple[Callable[[Book], Iterator[str]], ...] = (
    front_matter.check,
    parity.check,
    contents.check,
    sync.check,
    sections.labels,
    sections.article,
    sections.exercises,
    sections.provenance,
    terms.said,
    terms.headings,
    terms.homemade,
    diagrams.check,
    references.check,
    references.captions,
    references.documented,
    prose.chinese,
    prose.punctuation,
    prose.english,
    numbers.typed,
    results.counts,
    results.sources,
    results.ranges,
    results.scores,
    cells.python,
    cells.packages,
    cells.definitions,
    cells.length,
    cells.keras,
    cells.installs,
    cells.tags,
    cells.glue,
    cells.removed,
    short.check,
    steps.small,
    steps.figures,
    steps.callouts,
    shown.existing,
    shown.copied,
    shown.complete,
    tested.check,
    names.check,
)


def run(book: Book) -> list[str]:
    """Run every check on one reading of the pages."""
    return [problem for check in CHECKS for problem in check(book)]
