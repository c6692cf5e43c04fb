"""What a page is divided into: labels, the article's sections, exercises, provenance."""

import re
from collections.abc import Iterator

from bookkit.checks.book import Book, Page
from bookkit.languages import LANGUAGES

MIN_EXERCISES = 3
ARTICLE = tuple(
    f"sec-{chapter}-{section}"
    for chapter, sections in {
        "1": ("1", "2", "3"),
        "2": ("1-1", "1-2", "1-3", "2-1", "2-2", "2-3", "3-1", "3-2", "3-3"),
        "3": ("1-1", "1-2", "2-1", "2-2", "2-3", "3-1", "3-2", "3-3"),
        "4": ("1-1", "1-2", "1-3", "2-1", "2-2", "2-3", "3-1", "4-1", "4-2", "4-3"),
    }.items()
    for section in sections
)
WANTED = (*ARTICLE, "sec-named-entities", "sec-4-1-3-ner")
PROVENANCE_LAST = re.compile(r"^(`{3,}|:{3,})\{provenance\}\s*\n\1\s*\Z", re.MULTILINE)
NAME = ":name:"  # the option of a directive
# Where a list of pages stands in the source, a reader sees nothing.
HIDDEN_TOCTREE = re.compile(r"^(`{3,})\{toctree\}\n:hidden:.*?^\1\n", re.MULTILINE | re.DOTALL)


def labels(book: Book) -> Iterator[str]:
    """No two pages of a language give a section or a figure one label."""
    for tree in book.trees.values():
        first: dict[str, tuple[str, str]] = {}
        for page in tree.values():
            for line, label in _labels(page):
                here = (page.name, page.where(line))
                name, there = first.setdefault(label, here)
                if name != page.name:
                    problem = f"the label {label!r} stands at {there} too"
                    yield page.at(line, f"{problem}: rename one, in both languages")


def _labels(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the line and label of each section, then of each figure and table."""
    yield from ((each.line, each.label) for each in page.structure.sections if each.labelled)
    for line, option in (each for directive in page.directives() for each in directive.options):
        if option.startswith(NAME):
            yield line, option.removeprefix(NAME).strip()


def article(book: Book) -> Iterator[str]:
    """Each language has a section for each of the article's."""
    for language, tree in book.trees.items():
        found = {section.label for page in tree.values() for section in page.structure.sections}
        for label in WANTED:
            if label not in found:
                yield f"book/{language}/index.md:1: no page has ({label})=: put it above a heading"


def provenance(book: Book) -> Iterator[str]:
    """A page with cells ends with its provenance."""
    problem = "a page with cells ends with its provenance: add ```{provenance}```"
    for page in book.pages:
        if page.cells and not PROVENANCE_LAST.search(HIDDEN_TOCTREE.sub("", page.text)):
            yield page.at(len(page.text.splitlines()), problem)


def exercises(book: Book) -> Iterator[str]:
    """A page with cells has exercises with folded answers."""
    for page in book.pages:
        # the first page shows what the book does, and teaches nothing by itself
        if page.name == "index" or not page.cells:
            continue
        hint = LANGUAGES[page.language].words["hint"]
        answers = [each for each in page.directives("dropdown") if each.argument != hint]
        empty = [each for each in answers if not any(text.strip() for _, text in each.body)]
        for answer in empty:
            yield page.at(answer.line, "an answer is empty: write it inside the dropdown")
        count = len(answers) - len(empty)
        if count < MIN_EXERCISES:
            problem = f"{count} folded answers to exercises: write {MIN_EXERCISES} at least"
            yield page.at(page.structure.sections[-1].line, problem)
