"""Are the two languages in step? Everything but the words must agree."""

from collections.abc import Iterator
from itertools import zip_longest

from bookkit.checks.book import Book, Page
from bookkit.pages.structure import Section
from bookkit.paths import LANGUAGES

TRANSLATED = {"title", "description"}


def check(book: Book) -> Iterator[str]:
    """Compare the two trees: pages, front matter, sections, and what stands in each."""
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        for name in sorted(book.trees[language].keys() - book.trees[other].keys()):
            page = book.trees[language][name]
            yield page.at(1, f"has no twin: write book/{other}/{name}.md")
    zh, en = (book.trees[language] for language in LANGUAGES)
    for name in sorted(zh.keys() & en.keys()):
        yield from compare(zh[name], en[name])


def compare(zh: Page, en: Page) -> Iterator[str]:
    """Compare a page in both languages."""
    for page in (zh, en):
        yield from (page.at(line, text) for line, text in page.structure.problems)
    left, right = (
        {key: value for key, value in page.structure.front_matter.items() if key not in TRANSLATED}
        for page in (zh, en)
    )
    if left != right:
        keys = sorted(key for key in left | right if left.get(key) != right.get(key))
        yield _differ(zh, 1, en, 1, f"front matter differs in {', '.join(keys)}")
    yield from _compare_sections(zh, en)


def _differ(zh: Page, zh_line: int, en: Page, en_line: int, message: str) -> str:
    return f"{zh.at(zh_line, message)} (twin: {en.where(en_line)})"


def _compare_sections(zh: Page, en: Page) -> Iterator[str]:
    """Compare section by section, up to the first that does not stand against its twin."""
    for left, right in zip_longest(zh.structure.sections, en.structure.sections):
        if left is None or right is None:
            page, extra = (zh, left) if left else (en, right)
            yield page.at(extra.line, f"section {extra.label} is only here")
            return
        if (left.label, left.level) != (right.label, right.level):
            message = (
                f"heading {left.label} (level {left.level}) stands against "
                f"{right.label} (level {right.level})"
            )
            yield _differ(zh, left.line, en, right.line, message)
            return
        if different := _different_cells(left, right):
            message = f"code cells differ in section {left.label}: cells are equal to the byte, "
            message += "metadata too; copy one over the other"
            yield _differ(zh, different[0], en, different[1], message)
        for message in _differences(left, right):
            yield _differ(zh, left.line, en, right.line, message)


def _different_cells(zh: Section, en: Section) -> tuple[int, int] | None:
    """Return the lines of the first pair of cells that are not equal."""
    for left, right in zip_longest(zh.cells, en.cells):
        if left is None or right is None or left[0] != right[0]:
            return (left[1] if left else zh.line), (right[1] if right else en.line)
    return None


def _differences(zh: Section, en: Section) -> Iterator[str]:
    """Say how what stands in a section differs, apart from cells and words."""
    left, right = ([name for name, _ in side.directives] for side in (zh, en))
    if left != right:
        yield f"directives differ in {zh.label}: {left} against {right}"
    for language, extra in (("Chinese", zh.inline - en.inline), ("English", en.inline - zh.inline)):
        for kind, value in extra:
            yield f"only in {language}, section {zh.label}: {kind} {value!r}"
