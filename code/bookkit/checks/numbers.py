"""Numbers that prose types: one that the build measures comes from the build, or it grows wrong.

A number may be typed where something holds it: the page's code, a formula, inline code, arithmetic
in the sentence, or the source that the sentence cites. Dates, names and references are no numbers.
What remains stands in a short list with reasons, `book/typed-numbers.yml`.

There, below `en/PART/NAME:`, stand lines `"words around the number": why it may be typed`.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

import yaml
from markdown_it.token import Token

from bookkit.checks.book import Book, Page
from bookkit.errors import PageError
from bookkit.pages import imports
from bookkit.pages.structure import OBJECT, visible

LIST = "typed-numbers.yml"
CURE = f"take it from glue or a result, show its arithmetic, or give the reason in book/{LIST}"
SMALL = 12  # a whole number up to this is a word written in digits, unless a unit follows
SOURCE = "\ufffd"  # stands for a citation or a link to another site
ANY = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBER = re.compile(rf"[−-]?(?P<digits>{ANY})", re.ASCII)
# What makes a measurement of any number; a setting in code does not excuse a time or a ratio.
UNIT = re.compile(
    r"[ -]?(?:(?P<percent>%|percent\b)|个?百分点|points?\b"
    r"|(?P<rate>(?:[mµ]?s|seconds?|minutes?|hours?|[KMG]i?B)\b|[毫微]?秒|分钟|小时|倍"
    r"|times (?:as|the|less|more|\w+er)\b))",
    re.ASCII,
)
END = re.compile(r"[.!?](?=\s|$)|[。！？](?![”』」])|\n")
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
NAMED = (
    "Apache|CC BY(?:-SA)?|CUDA|IEEE|JAX|Keras|NumPy|pandas|Python|PyTorch|TensorFlow|Theano|Ubuntu"
)
PART = "(?:sections?|chapters?|pages?|figures?|tables?|rows?|columns?|versions?|seeds?|labels?)"
EXEMPT = re.compile(
    "|".join(
        (
            rf"[−-]?{ANY}%?(?:\s*[×·÷/=≈+−]\s*[−-]?{ANY}%?)+",  # arithmetic, sizes in pixels
            rf"{ANY}[⁰¹²³⁴-⁹⁻]+",  # a power
            r"\d+(?: → \d+){2,}",  # shapes, layer after layer
            r"[(\[]\d+(?:, ?\d*)+[)\]]",  # a shape
            r"\d+(?:-?D|-bit| bits|st|[nr]d|th)\b|\b(?:8|16|32|64) 位",
            r"\d{4}-\d\d(?:-\d\d)?\b",
            rf"\b{MONTH} \d{{1,2}}\b|\b\d{{1,2}} {MONTH}\b",
            r"\d{1,2} ?[月日]",
            r"(?<![\d.,])(?:19[5-9]\d|20[0-3]\d)(?![\d.,]*\d)",  # a year
            r"§ ?\d+(?:\.\d+)*|\d+(?:\.\d+){2,}",  # a section, a version of three parts
            rf"\b(?:{NAMED}) v?[1-9]\d*(?:\.\d+)*",
            rf"\b{PART} \d+(?:\.\d+)*(?:(?:,|,? and| to) \d+(?:\.\d+)*)*",
            r"第 ?\d+(?:\.\d+)* ?[章节页版行列题]|\d+(?:\.\d+)+ ?[节版]",
            r"^[1-9]\d?(?:\.\d+)+ \|",  # the section that a row of a table is about
            "20 Newsgroups",
            r"[A-Za-z_]\w*(?:[-.]\w+)*",  # a word, the digits in it included
        )
    ),
    re.ASCII,
)


@dataclass(frozen=True)
class Number:
    """A number as prose types it."""

    text: str  # the passage
    start: int
    end: int
    line: int

    def __str__(self) -> str:
        """Return its digits."""
        return self.text[self.start : self.end]

    @property
    def value(self) -> float:
        """What it is worth, without its sign."""
        return _value(str(self).lstrip("−-"))

    @property
    def unit(self) -> re.Match | None:
        """The unit of a measurement, if one follows."""
        return UNIT.match(self.text, self.end)

    @property
    def sourced(self) -> bool:
        """Whether its sentence names a source."""
        start = max((each.end() for each in END.finditer(self.text, 0, self.start)), default=0)
        close = END.search(self.text, self.end)
        return SOURCE in self.text[start : close.start() if close else None]

    @property
    def around(self) -> str:
        """The number with some words around it, of its own line."""
        before = self.text[: self.start].rpartition("\n")[2][-24:]
        after = self.text[self.end :].partition("\n")[0][:24]
        return re.sub(f"[{OBJECT}{SOURCE}]", "…", f"{before}{self}{after}").strip()

    def stands_in(self, words: str) -> bool:
        """Whether some words of the passage hold the number."""
        return any(
            match.start() <= self.start and self.end <= match.end()
            for match in re.finditer(re.escape(words), self.text)
        )


@dataclass(frozen=True)
class Held:
    """The numbers that a page shows elsewhere than in prose, or takes from a source."""

    code: frozenset[float]
    stated: frozenset[float]  # in formulas, inline code and sentences that name a source

    def holds(self, number: Number) -> bool:
        """Whether a number with its unit needs nothing else."""
        unit = number.unit
        if unit and unit["rate"]:
            return number.value in self.stated
        if unit and unit["percent"]:
            share = round(number.value / 100, 6)
            return number.value in self.stated or share in self.code | self.stated
        small = not unit and str(number).lstrip("−-").isdigit() and number.value <= SMALL
        return small or number.value in self.code | self.stated


@dataclass(frozen=True)
class Entry:
    """A number that may be typed, and why."""

    page: str  # language/name
    words: str
    reason: str
    line: int


def typed(book: Book) -> Iterator[str]:
    """Name the numbers in prose that nothing holds, and the entries of the list that do nothing."""
    entries, used = _entries(book), set()
    pages = {f"{page.language}/{page.name}": page for page in book.pages}
    for name, page in pages.items():
        for number in _numbers(page):
            listed = {
                each for each in entries if each.page == name and number.stands_in(each.words)
            }
            used |= listed
            if not listed:
                yield page.at(number.line, f"{number} is typed in {number.around!r}: {CURE}")
    for entry in entries:
        where = book.where(book.folder / LIST, entry.line)
        if not entry.reason:
            yield f"{where}: {entry.words!r} has no reason: say why it may be typed"
        if entry not in used:
            yield f"{where}: {entry.page} types no {entry.words!r} that needs a reason: take it out"


def _entries(book: Book) -> list[Entry]:
    """Read the list: of each page, words with a number and the reason."""
    path = book.folder / LIST
    try:
        root = yaml.compose(path.read_text(encoding="utf-8")) if path.exists() else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1  # type: ignore[union-attr]
        raise PageError(path, line, f"no YAML: {error.problem}") from error
    pages = _pairs(root, path) if root else []
    return [
        Entry(page.value, words.value, reason.value, words.start_mark.line + 1)
        for page, reasons in pages
        for words, reason in _pairs(reasons, path)
    ]


def _pairs(node: yaml.Node, path: Path) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        cure = "write LANGUAGE/PAGE: and below it WORDS: REASON"
        raise PageError(path, node.start_mark.line + 1, f"this is no list of words: {cure}")
    return node.value


def _numbers(page: Page) -> list[Number]:
    """Return the numbers of a page that nothing holds."""
    passages = [(line, tokens) for _, line, tokens in page.passages]
    numbers = [
        number
        for line, cells in itertools.groupby(passages, itemgetter(0))  # a row of a table at once
        for number in _read(" | ".join("".join(map(_shown, tokens)) for _, tokens in cells), line)
    ]
    held = Held(
        frozenset(value for cell in page.cells for value in _constants(cell.expanded)),
        frozenset(_stated(page, [token for _, tokens in passages for token in tokens]))
        | {number.value for number in numbers if number.sourced},
    )
    return [number for number in numbers if not (number.sourced or held.holds(number))]


def _read(text: str, line: int) -> Iterator[Number]:
    masked = EXEMPT.sub(lambda match: OBJECT * len(match.group()), text)
    for match in NUMBER.finditer(masked):
        yield Number(text, *match.span(), line + text[: match.start()].count("\n"))


def _shown(token: Token) -> str:
    """Return what readers see of a piece of text, and a sign where it names a source."""
    cites = token.type == "myst_role" and token.meta["name"].startswith("cite:")
    links = token.type == "link_open" and str(token.attrGet("href")).startswith("https:")
    return SOURCE if cites or links else visible(token)


def _stated(page: Page, tokens: list[Token]) -> set[float]:
    """Return the numbers of formulas and inline code."""
    formulas = [
        formula.replace("{,}", ",")
        for section in page.structure.sections
        for kind, formula in section.inline
        if kind == "equation"
    ]
    code = [token.content for token in tokens if token.type == "code_inline"]
    return {_value(match["digits"]) for text in formulas + code for match in NUMBER.finditer(text)}


@cache
def _constants(source: str) -> frozenset[float]:
    return frozenset(
        float(node.value)
        for node in ast.walk(imports.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    )


def _value(digits: str) -> float:
    return float(digits.replace(",", ""))
