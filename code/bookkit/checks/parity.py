"""Are the languages in step? Everything but the words must agree."""

from collections.abc import Iterator
from itertools import zip_longest

from bookkit.checks.book import Book, Page
from bookkit.languages import LANGUAGES, ORIGINAL
from bookkit.pages.structure import Section

TRANSLATED = {"title", "description"}


def check(book: Book) -> Iterator[str]:
    """Compare each tree with the original: pages, front matter, and what stands in sections."""
    for page in book.pages:
        yield from (page.at(line, text) for line, text in page.structure.problems)
    for language in LANGUAGES:
        if language != ORIGINAL:
            yield from _compare_trees(book, ORIGINAL, language)


def _compare_trees(book: Book, *languages: str) -> Iterator[str]:
    for language, other in (languages, languages[::-1]):
        for name in sorted(book.trees[language].keys() - book.trees[other].keys()):
            page = book.trees[language][name]
            yield page.at(1, f"has no twin: write book/{other}/{name}.md")
    left, right = (book.trees[language] for language in languages)
    for name in sorted(left.keys() & right.keys()):
        yield from compare(left[name], right[name])


def compare(page: Page, twin: Page) -> Iterator[str]:
    """Compare a page in two languages."""
    left, right = (
        {key: value for key, value in each.structure.front_matter.items() if key not in TRANSLATED}
        for each in (page, twin)
    )
    if left != right:
        keys = sorted(key for key in left | right if left.get(key) != right.get(key))
        yield _differ(page, 1, twin, 1, f"front matter differs in {', '.join(keys)}")
    yield from _compare_sections(page, twin)


def _differ(page: Page, line: int, twin: Page, twin_line: int, message: str) -> str:
    return f"{page.at(line, message)} (twin: {twin.where(twin_line)})"


def _compare_sections(page: Page, twin: Page) -> Iterator[str]:
    """Compare section by section, up to the first that does not stand against its twin."""
    for left, right in zip_longest(page.structure.sections, twin.structure.sections):
        if left is None or right is None:
            here, extra = (page, left) if left else (twin, right)
            yield here.at(extra.line, f"section {extra.label} is only here")
            return
        if (left.label, left.level) != (right.label, right.level):
            message = (
                f"heading {left.label} (level {left.level}) stands against "
                f"{right.label} (level {right.level})"
            )
            yield _differ(page, left.line, twin, right.line, message)
            return
        if different := _different_cells(left, right):
            message = f"code cells differ in section {left.label}: cells are equal to the byte, "
            message += "metadata too; copy one over the other"
            yield _differ(page, different[0], twin, different[1], message)
        for message in _differences(left, right, (page.language, twin.language)):
            yield _differ(page, left.line, twin, right.line, message)


def _different_cells(left: Section, right: Section) -> tuple[int, int] | None:
    """Return the lines of the first pair of cells that are not equal."""
    for one, other in zip_longest(left.cells, right.cells):
        if one is None or other is None or one[0] != other[0]:
            return (one[1] if one else left.line), (other[1] if other else right.line)
    return None


def _differences(left: Section, right: Section, languages: tuple[str, str]) -> Iterator[str]:
    """Say how what stands in a section differs, apart from cells and words."""
    names = [[each.name for each in side.directives] for side in (left, right)]
    if names[0] != names[1]:
        yield f"directives differ in {left.label}: {names[0]} against {names[1]}"
    for language, here, there in ((languages[0], left, right), (languages[1], right, left)):
        for kind, value in here.inline - there.inline:
            yield f"only in {language}, section {left.label}: {kind} {value!r}"
