"""All that differs between languages: one record for each, read by everything else.

What is a rule stands here, what is only words in `book/words/CODE.yml`. A new language is a record
in `LANGUAGES`, its words, a folder of pages `book/CODE` with a `cover.png`, and its part of
`book/glossary.yml` and `book/diagrams/labels.yml`. What Sphinx itself says, Sphinx translates;
titles that a page writes stand in the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bookkit.errors import BookError
from bookkit.paths import BOOK

WORDS = BOOK / "words"
OWN = ("theme",)  # keys below these may differ: what the theme leaves in English
PLURALS = {"zero", "one", "two", "few", "many", "other"}  # of Intl.PluralRules; each has its own


@dataclass(frozen=True, kw_only=True)
class Citations:
    """How `[Tian et al., 2019]` is written."""

    no_year: str
    between: str  # two citations
    names: str  # between names; then between the only two, and before the last of three
    pair: str
    last: str
    others: str  # all but the first of many
    year: str  # before it
    note: str  # before what an author adds


@dataclass(frozen=True, kw_only=True)
class Print:
    """What the PDF has to know; headings are TeX."""

    leading: str  # distance of lines, as a factor
    noto: str  # the variant of Noto's CJK fonts
    preface: str
    part: str
    chapter: str
    appendix: str
    listing: str  # of a folded cell, and its page; then the page where the code ran
    use: str


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language of the book."""

    code: str  # its folder below `book` and in addresses
    tag: str  # BCP 47
    sphinx: str  # as Sphinx spells it
    locale: str  # as Open Graph spells it
    name: str  # in the language itself, like all that follows
    title: str
    subtitle: str
    colon: str  # between them
    author: str
    license: str
    description: str
    script: str  # ISO 15924
    spaced: bool  # whether spaces part words; else a line break in the source is none
    full_width: bool  # whether punctuation is as wide as the characters
    italics: bool
    plural: str  # an ending that a term may have in a sentence
    prose: str  # by whose rules it is read, see `checks.prose`
    citations: Citations
    print: Print
    words: Mapping[str, str]  # what the build writes into pages
    browser: Mapping[str, object]  # what scripts say
    theme: Mapping[str, str]  # what the theme's own translation leaves in English
    labels: Mapping[str, str]  # recipes and metrics in tables of results
    fillers: str  # words that questions have and answers lack: search passes over them

    @property
    def full_title(self) -> str:
        """Title and subtitle."""
        return f"{self.title}{self.colon}{self.subtitle}"

    @property
    def copyright(self) -> str:
        """Whose the book is, and what others may do with it."""
        return f"2026 {self.author} · {self.license}"

    @property
    def gap(self) -> str:
        """What stands between a heading that runs in and its text."""
        return "\u3000" if self.full_width else " "


def read_words(folder: Path, codes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Read the words of each language, `CODE.yml`.

    Raises:
        BookError: a file is missing, or lacks a key that another has.
    """
    texts = {}
    for code in codes:
        path = folder / f"{code}.yml"
        if not path.is_file():
            raise BookError(f"{path}: no words of {code!r}; copy those of another language here")
        texts[code] = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    keys = {code: set(_keys(words)) for code, words in texts.items()}
    for code in codes:
        for key in sorted(set().union(*keys.values()) - keys[code]):
            others = ", ".join(other for other in codes if key in keys[other])
            where = folder / f"{code}.yml"
            raise BookError(f"{where}: {key} is missing; translate it, it is there in: {others}")
    return texts


def _keys(words: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield the path of each text, such as `browser/digit/clear`."""
    for key, value in words.items():
        whole = not isinstance(value, dict) or key in OWN or (value and value.keys() <= PLURALS)
        yield from [f"{above}{key}"] if whole else _keys(value, f"{above}{key}/")


def _language(words: dict[str, Any], *, leading: str, noto: str, **rules: Any) -> Language:
    """Join the words of a language and its rules."""
    citations, paper = words.pop("citations"), words.pop("print")
    return Language(
        citations=Citations(**citations),
        print=Print(leading=leading, noto=noto, **paper),
        **words,
        **rules,
    )


_WORDS = read_words(WORDS, ("zh", "en"))
CHINESE = _language(
    _WORDS["zh"],
    code="zh",
    tag="zh-CN",
    sphinx="zh_CN",
    locale="zh_CN",
    script="Hani",
    spaced=False,
    full_width=True,
    italics=False,
    plural="",
    prose="Chinese",
    leading="1.26",
    noto="SC",
)
ENGLISH = _language(
    _WORDS["en"],
    code="en",
    tag="en",
    sphinx="en",
    locale="en_US",
    script="Latn",
    spaced=True,
    full_width=False,
    italics=True,
    plural="s",
    prose="English",
    leading="1.05",
    noto="SC",
)
LANGUAGES = {record.code: record for record in (CHINESE, ENGLISH)}
ORIGINAL = "zh"  # the others are checked against it, and its pages run: all have the same cells
FALLBACK = "en"  # for readers of a language that the book lacks
LABELLED = "en"  # the labels of diagrams are written in it, and translated into the others
