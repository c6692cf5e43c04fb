"""How pages are written: spacing and punctuation in Chinese, worn phrases in English.

`make check` runs it. The tools are AutoCorrect and proselint; what they are not asked, and why,
stands here.
"""

import bisect
import itertools
import re
from collections.abc import Iterator

import autocorrect_py
from proselint.checks import __register__
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.registry.checks import Check
from proselint.tools import LintFile

from bookkit.checks.book import Book, Page
from bookkit.languages import LANGUAGES
from bookkit.pages.structure import NOT_PROSE, visible

SILENT = {
    "dates_times": False,  # takes "CIFAR-10's" and "from 39,425" for dates
    "typography": False,  # Sphinx sets quotation marks, dashes and ellipses
}
OF_THE_FIELD = {"saliency"}  # what proselint takes for a worse spelling, and every textbook says
CJK = r"[\u3400-\u9fff]"
CHINESE_FAULTS = {
    "a space is missing between Chinese and Latin letters or digits": re.compile(
        rf"{CJK}[A-Za-z0-9]|[A-Za-z0-9]{CJK}"
    ),
    "half-width punctuation in Chinese": re.compile(rf"{CJK}\s*[,.;:!?]\s*{CJK}|{CJK}[,;:!?]"),
    "您 instead of 你": re.compile("您"),
}
ENABLED = DEFAULT["checks"] | SILENT


def _pages(book: Book, rules: str) -> Iterator[Page]:
    """Yield the pages of the languages that are read by some rules."""
    return (page for page in book.pages if LANGUAGES[page.language].prose == rules)


def chinese(book: Book) -> Iterator[str]:
    """Mend spacing and punctuation."""
    for page in _pages(book, "Chinese"):
        for line in autocorrect_py.lint_for(page.text, page.path.name).lines:
            yield page.at(line.line, f"{line.old.strip()!r} should be {line.new.strip()!r}")


def punctuation(book: Book) -> Iterator[str]:
    """Find what the tool does not: beside emphasis, code, roles and formulas, and in captions."""
    for page in _pages(book, "Chinese"):
        for section, _, tokens in page.passages:
            text = "".join(map(visible, tokens))
            for fault, pattern in CHINESE_FAULTS.items():
                for match in pattern.finditer(text):
                    around = text[max(match.start() - 12, 0) : match.end() + 12]
                    yield page.at(section.line, f"{fault}: …{around}…")


def english(book: Book) -> Iterator[str]:
    """Name worn phrases and repetitions."""
    registry = CheckRegistry()
    if not registry.checks:
        registry.register_many(__register__)
    checks = registry.get_all_enabled(ENABLED)
    for page in _pages(book, "English"):
        yield from _faults(page, checks)


def _faults(page: Page, checks: list[Check]) -> Iterator[str]:
    """Read a page in one go, which takes a tenth of the time that its passages take one by one."""
    passages = [(line, LintFile(page.path, text)) for line, text in _passages(page)]
    starts = [0, *itertools.accumulate(len(passage.content) for _, passage in passages)]
    whole = "".join(passage.content for _, passage in passages)
    for check in checks:
        for fault in check.check_with_flags(whole):
            start, end = fault.span
            if whole[start:end].strip().casefold() in OF_THE_FIELD:
                continue
            index = bisect.bisect_right(starts, start) - 1
            line, passage = passages[index]
            if not passage.is_quoted_pos(start - starts[index]):
                words = whole[start:end].strip()
                yield page.at(line, f"{words!r}: {fault.message} ({fault.check_path})")


def _passages(page: Page) -> Iterator[tuple[int, str]]:
    """Yield each passage and the line of its section."""
    # A stand-in for each code or formula, all different, or two in a row would be a repetition;
    # and one behind each passage, so that none goes on in the next.
    number = itertools.count()
    for section in page.structure.sections:
        for passage in filter(None, section.prose):
            text = NOT_PROSE.sub(lambda match: f"x{next(number)}y", passage)
            yield section.line, f"{text}\n\nx{next(number)}y."
