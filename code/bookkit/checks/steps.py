"""Small steps: how much code a reader sees at once, how many figures, which lines are explained."""

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from bookkit.checks.book import Book, Cell, Page
from bookkit.languages import LANGUAGES, ORIGINAL
from bookkit.pages.structure import NOT_PROSE

LONGEST, MEDIAN, LONG, LONG_SHARE = 25, 8, 20, 0.05
WORDS_A_FIGURE = 1000
SPACED = next(code for code, record in LANGUAGES.items() if record.spaced)  # its words are counted
FIGURES = {"cell-figure", "diagram", "figure", "live-figure", "result-plot"}
CALLOUT = re.compile(r"# ([①-⑳])$", re.MULTILINE)
EXPLAINED = re.compile(r"^- ([①-⑳])", re.MULTILINE)
WORD = re.compile(r"[A-Za-z][\w'’-]*")


@dataclass(frozen=True)
class Steps:
    """The figures of a page: what a reader sees at once."""

    lines: tuple[int, ...]  # of each cell that is neither folded nor removed
    words: int  # of prose, in a language whose words are spaced
    figures: int

    @property
    def median(self) -> float:
        """Lines of the cell in the middle."""
        return statistics.median(self.lines or (0,))

    @property
    def long_share(self) -> float:
        """The share of lines that stand in long cells."""
        return sum(n for n in self.lines if n > LONG) / max(sum(self.lines), 1)


def measure(page: Page) -> Steps:
    """Count lines, words and figures."""
    sections = page.structure.sections
    figures = len(page.directives(*FIGURES))
    words = sum(count_words(text) for section in sections for text in section.prose)
    return Steps(tuple(_lines(cell) for cell in page.cells if _seen(cell)), words, figures)


def count_words(text: str) -> int:
    """Count the words of a text in a language that parts them by spaces."""
    return len(WORD.findall(NOT_PROSE.sub(" ", text)))


def _seen(cell: Cell) -> bool:
    return not (cell.removed or cell.folded or cell.short)


def _lines(cell: Cell) -> int:
    return len(cell.expanded.strip("\n").split("\n"))


def small(book: Book) -> Iterator[str]:
    """A cell that readers see is short, and most are very short.

    The cells of all languages are the same: one says what there is to say.
    """
    for page in book.trees[ORIGINAL].values():
        for cell in filter(_seen, page.cells):
            if (count := _lines(cell)) > LONGEST:
                cure = "divide it, or fold what is not the subject (fold directive above it)"
                yield cell.at(1, f"{count} lines of code in sight, {LONGEST} at most: {cure}")
        steps = measure(page)
        if steps.median > MEDIAN:
            problem = f"half of the cells have more than {steps.median:g} lines, {MEDIAN} at most"
            yield page.at(1, f"{problem}: divide cells, prose between them")
        if steps.long_share > LONG_SHARE:
            problem = f"{steps.long_share:.0%} of the code in sight stands in cells over {LONG}"
            yield page.at(1, f"{problem} lines, {LONG_SHARE:.0%} at most: divide them")


def figures(book: Book) -> Iterator[str]:
    """A page has a figure for every so many words."""
    for page in book.trees[SPACED].values():
        steps = measure(page)
        wanted = steps.words // WORDS_A_FIGURE
        if page.cells and steps.figures < wanted:
            problem = f"{steps.figures} figures for {steps.words} words, {wanted} at least"
            yield page.at(1, f"{problem}: draw what a reader should see")


def callouts(book: Book) -> Iterator[str]:
    """Each marked line of code is explained in the list below its cell, and nothing else is."""
    for page in book.pages:
        for cell in page.cells:
            marked = CALLOUT.findall(cell.expanded)
            explained = EXPLAINED.findall(cell.below)
            if marked != explained:
                problem = f"lines marked {' '.join(marked) or 'nowhere'}, explained below"
                cure = "end lines in `# ①` and explain each in a list, `- ① …`, below the cell"
                yield cell.at(1, f"{problem} {' '.join(explained) or 'nowhere'}: {cure}")


def table(book: Book) -> str:
    """Return a line a page: cells in sight, longest, median, share of long ones, words, figures."""
    head = f"{'page':36} cells longest median  >{LONG} words figures"
    rows = [head]
    for name, page in book.trees[SPACED].items():
        if page.cells:
            steps = measure(page)
            rows.append(
                f"{name:36} {len(steps.lines):5} {max(steps.lines, default=0):7}"
                f" {steps.median:6g} {steps.long_share:4.0%} {steps.words:5} {steps.figures:7}"
            )
    return "\n".join(rows)
