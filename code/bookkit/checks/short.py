"""The short way: a page about a task does it at once, says what follows, and ends with tables.

Below the lead, whose words are limited, stands a section `sec-…-short` with the first cell of the
page: the task in a few lines of ordinary calls, complete with imports. Behind it, `overview` lists
what the page does. Before its exercises a section `sec-…-lookup` holds tables to come back to.
"""

import re
from collections.abc import Iterator

from bookkit.checks.book import Book, Page
from bookkit.checks.steps import SPACED, count_words

TASKS = ("workflow/", "applications/", "beyond/", "outlook/adapting", "outlook/troubles")
WORDS = 150  # from the title to the first cell
LINES = range(5, 16)  # of code, imports and the choice of a backend not counted
WHOLE = 30  # with them
STEPS = 4  # of an overview at least
NOT_COUNTED = re.compile(r"\s*(#|import |from \S+ import |os\.environ\[|$)")
LABEL = re.compile(r"^\(sec-[\w-]+\)=$", re.MULTILINE)
STEP = re.compile(r"\d+\. \[[^\]]+\]\(#sec-")
TABLE = re.compile(r"^\|(?: ?:?-+:? ?\|)+$", re.MULTILINE)


def check(book: Book) -> Iterator[str]:
    """Each page about a task has its short way, its overview and its tables."""
    for page in book.pages:
        if page.name.startswith(TASKS) and page.cells:
            yield from _top(page)
            yield from _end(page)


def _top(page: Page) -> Iterator[str]:
    sections, cell = page.structure.sections, page.cells[0]
    labels = [each.label for each in sections]
    if not (len(sections) > 1 and labels[1].endswith("-short")):
        yield page.at(1, "the task is not done at once: begin with a section (sec-…-short)=")
        return
    if len(sections) > 2 and cell.line > sections[2].line:
        yield page.at(sections[1].line, "the short way has no cell: the first of the page is its")
        return
    words = count_words(LABEL.sub("", cell.above))
    if page.language == SPACED and words > WORDS:
        cure = f"{WORDS} at most: shorten the lead, or move it below the overview"
        yield page.at(sections[1].line, f"{words} words above the short way, {cure}")
    lines = cell.source.splitlines()
    count = sum(NOT_COUNTED.match(line) is None for line in lines)
    if count not in LINES or len(lines) > WHOLE:
        wanted = f"{LINES.start} to {LINES.stop - 1} and {WHOLE}"
        problem = f"{count} lines of code in a short way of {len(lines)} lines"
        yield cell.at(1, f"{problem}: {wanted} are allowed, imports and comments not counted")
    if cell.included:
        yield cell.at(1, "a short way includes nothing: write ordinary calls")
    behind = [each for each in sections[1].directives if each.line > cell.line]
    listed = [text for each in behind if each.name == "overview" for _, text in each.body]
    steps = list(filter(STEP.match, listed))
    if len(steps) < STEPS:
        problem = f"{len(steps)} linked steps in the overview behind the short way"
        yield cell.at(len(lines), f"{problem}, {STEPS} at least: list what the page does")


def _end(page: Page) -> Iterator[str]:
    sections = page.structure.sections
    lines = page.text.splitlines()
    for section, behind in zip(sections, [*sections[1:], None], strict=True):
        if section.label.endswith("-lookup"):
            text = "\n".join(lines[section.line - 1 : behind.line - 1 if behind else None])
            if not TABLE.search(text):
                yield page.at(section.line, "what a reader comes back to is a table: write one")
            return
    yield page.at(len(lines), "no tables to come back to: add a section (sec-…-lookup)=")
