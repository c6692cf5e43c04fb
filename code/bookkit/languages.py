"""All that differs between languages: one record for each, read by everything else.

What is a rule stands here, what is only words in `book/words/CODE.yml`. A new language is a record
in `LANGUAGES`, its words, a folder of pages `book/CODE` with a `cover.png`, and its part of
`book/glossary.yml` and `book/diagrams/labels.yml`. What Sphinx itself says, Sphinx translates;
titles that a page writes stand in the page.
"""

import re
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
class Fonts:
    """Families as CSS lists them; each begins with what systems bring."""

    serif: str
    sans: str
    pictures: str  # in pictures that stand alone


@dataclass(frozen=True, kw_only=True)
class Search:
    """How the index of sections takes text apart."""

    binding: str = ""  # characters that bind words: a pair with one is no word
    ending: str = ""  # of words, as a regular expression: what is left is the stem


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
    characters: str  # of a script without spaces between words, as a class of regular expressions
    full_width: bool  # whether punctuation is as wide as the characters
    italics: bool
    fonts: Fonts
    search: Search
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
    def spaced(self) -> bool:
        """Whether spaces part words; else a line break in the source is none."""
        return not self.characters

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
    characters=r"\u3400-\u9fff",
    full_width=True,
    italics=False,
    fonts=Fonts(
        serif='Charter, "Sitka Text", Cambria, "TeX Gyre Pagella", "Songti SC", '
        '"Source Han Serif SC", "Noto Serif CJK SC", "Noto Serif SC", "Microsoft YaHei", serif',
        sans='-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", '
        '"MiSans", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, '
        "sans-serif",
        pictures='"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
    ),
    search=Search(
        binding="的了是在和有不这一个就也都而与把被从到为它他你我们那之以于其中上下后前里来去出对再又只",
    ),
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
    characters="",
    full_width=False,
    italics=True,
    # Each ends with families for the Chinese that pages quote.
    fonts=Fonts(
        serif='Charter, "Iowan Old Style", "Sitka Text", Cambria, "Source Serif 4", "Noto Serif", '
        '"TeX Gyre Pagella", Georgia, serif',
        sans='-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Source Sans 3", "Noto Sans", '
        '"Open Sans", "Liberation Sans", "TeX Gyre Heros", "PingFang SC", "Microsoft YaHei", '
        '"Noto Sans CJK SC", system-ui, sans-serif',
        pictures='"TeX Gyre Heros", Helvetica, Arial, sans-serif',
    ),
    search=Search(
        ending=r"(?:ations?|at(?:e[sd]?|ing)|ings?|ie[sd]|e[sd]|([^aius])s|[ey])$",
    ),
    plural="s",
    prose="English",
    leading="1.05",
    noto="SC",
)
LANGUAGES = {record.code: record for record in (CHINESE, ENGLISH)}
ORIGINAL = "zh"  # the others are checked against it, and its pages run: all have the same cells
FALLBACK = "en"  # for readers of a language that the book lacks
LABELLED = "en"  # the labels of diagrams are written in it, and translated into the others


def characters() -> str:
    """Return the class of all characters that some language writes without spaces."""
    return "".join(dict.fromkeys(each.characters for each in LANGUAGES.values()))


def ending() -> str:
    """Return what a word may end with beside its stem: on all pages, Latin words are English."""
    return "|".join(each.search.ending for each in LANGUAGES.values() if each.search.ending)


def language_of(text: str) -> Language | None:
    """Return the first language that has all of a text's characters of that kind; None: no such."""
    found = set(re.findall(f"[{characters()}]", text))
    if not found:
        return None
    own = (each for each in LANGUAGES.values() if each.characters)
    return next(each for each in own if all(re.match(f"[{each.characters}]", one) for one in found))


def name_in_style(style: str) -> str:
    """Name the languages of either width: sheets say `:lang(full-width)`, `:lang(half-width)`."""
    for word, full_width in (("full-width", True), ("half-width", False)):
        meant = [each.tag for each in LANGUAGES.values() if each.full_width == full_width]
        tags = ", ".join(tag.partition("-")[0] for tag in meant)
        style = style.replace(f":lang({word})", f":lang({tags})")
    return style
