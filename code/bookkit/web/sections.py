"""The index of sections: what single place answers a query best.

Pagefind knows pages with the words; which section a reader wants, headings say first, then what it
speaks of most. The index holds for each word the sections and how much the word says about them
(BM25 over heading, title of the page and text), and the names that mean the same: those of the
glossary in all languages, and those in `book/search.yml`. A few tens of kilobytes, which
`_static/search/sections.js` reads when the box is first opened, in a book opened as files, too.

What counts as one slip in a word, and which names may be typed in part, say `nearest` and
`beginnings` in that script.
"""

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from lxml.html import HtmlElement

from bookkit import languages
from bookkit.languages import LANGUAGES, Language
from bookkit.pages import glossary
from bookkit.paths import BOOK

WEIGHT = "data-pagefind-weight"  # on what counts less, see `search.prepare`
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# How often a word counts: in the heading of its section, in the title of its page (both less in
# lists), in code.
HEADING, TITLE, CODE = 12.0, 4.0, 0.3
SATURATION, LENGTH = 2.0, 0.6  # k1 and b of BM25
# A heading that more sections than these have says little: exercises, where to go next.
OFTEN, REPEATED = 3, 0.5
LEVELS = 10  # weights are letters; words that say less than half of the first are left out
# Of code, names alone: `from_logits`, `ModuleNotFoundError`.
NAME = re.compile(r"\b(?:[A-Za-z]+_\w+|[A-Z][a-z]+[A-Z]\w+)\b")
TRADITIONAL = Path(__file__).with_name("traditional.txt")
WORDS = BOOK / "search.yml"
FILE = "search/index.js"  # below the site's `_static`


@dataclass
class Section:
    """A section of a prepared article."""

    address: str
    heading: str
    title: str  # of its page
    weight: float  # of its page
    own: str = ""  # the label at its heading
    text: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def label(self) -> str:
        """Its label; of a page, its name."""
        return self.address.partition("#")[2] or self.page

    @property
    def page(self) -> str:
        """The name of its page."""
        return self.address.partition("#")[0].removesuffix(".html")

    @property
    def size(self) -> float:
        """How many words it has."""
        return sum(self.text.values())


def fold(text: str) -> str:
    """Return text without the differences that readers do not type: widths, capitals."""
    return unicodedata.normalize("NFKC", text).lower()


@cache
def _run(characters: str) -> re.Pattern[str]:
    """Return the characters that pairs are made of, and the words between."""
    letter, first = rf"[^\W{characters}]", rf"[^\W\d{characters}]"
    return re.compile(rf"[{characters}]+|{letter}+(?:\.(?={first}){letter}+)*")


def words(text: str) -> Iterator[str]:
    """Yield what a text is looked up by: stems of words, pairs of characters without spaces."""
    characters = languages.characters()
    for run in _run(characters).findall(fold(text)):
        if re.match(f"[{characters}]", run):
            yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
        else:
            parts = [part for part in re.split("[_.]", run) if part]
            yield from (stem(part) for part in parts)
            if len(parts) > 1:
                yield run


@cache
def stem(word: str) -> str:
    """Return a word without its ending, so that "overfits" finds "overfitting"."""
    short = re.sub(languages.ending(), r"\1", word)
    if len(short) < 3 or not word.isascii():
        short = word
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] else short


def read(address: str, article: HtmlElement, weight: float) -> list[Section]:
    """Divide a prepared article at its headings."""
    sections: list[Section] = []
    for part, is_code in _parts(article):
        if not isinstance(part, str):
            heading, own = " ".join(part.text_content().split()), part.get("id", "")
            place = f"{address}#{own}" if own and part.tag != "h1" else address
            title = sections[0].title if sections else heading
            sections.append(Section(place, heading, title, weight, own))
        elif sections and is_code:
            for name in NAME.findall(part):
                sections[-1].text[list(words(name))[-1]] += CODE
        elif sections:
            for word in words(part):
                sections[-1].text[word] += 1
    return sections


def _parts(tag: HtmlElement, is_code: bool = False) -> Iterator[tuple[HtmlElement | str, bool]]:
    """Yield headings and texts, and whether they stand in code or in what it prints."""
    yield tag.text or "", is_code
    for child in tag:
        if child.tag in HEADINGS:
            yield child, is_code
        else:
            yield from _parts(child, is_code or WEIGHT in child.attrib)
        yield child.tail or "", is_code


def weights(sections: list[Section], called: dict[str, list[str]]) -> dict[str, dict[int, float]]:
    """Return how much each word says about the sections that have it.

    Args:
        sections: all of the book.
        called: by label, what else readers call a section.
    """
    mean = sum(section.size for section in sections) / len(sections) or 1
    repeated = Counter(section.heading for section in sections)
    occurring = Counter(word for section in sections for word in section.text)
    counts: dict[str, dict[int, float]] = defaultdict(dict)
    for number, section in enumerate(sections):
        share = section.weight * (REPEATED if repeated[section.heading] > OFTEN else 1)
        length = (1 - LENGTH + LENGTH * section.size / mean) / share
        own: dict[str, float] = defaultdict(float)
        for word, count in section.text.items():
            if tells(word, occurring):
                own[word] = count / length
        for label, title, worth in (
            (section.label, section.heading, HEADING),
            (section.page, section.title, TITLE),
        ):
            for name in (title, *called.get(label, ())):
                for word in set(words(name)):
                    own[word] += worth * section.weight
        for word, count in own.items():
            counts[word][number] = count / (count + SATURATION)
    return {
        word: {number: count * _rarity(len(own), len(sections)) for number, count in own.items()}
        for word, own in counts.items()
    }


def tells(word: str, occurring: Counter[str]) -> bool:
    """Whether a word of the text is worth its place: most pairs of characters are none."""
    binding = {character for each in LANGUAGES.values() for character in each.search.binding}
    in_characters = re.match(f"[{languages.characters()}]", word)
    return not in_characters or (occurring[word] > 1 and not binding & set(word))


def _rarity(having: int, of: int) -> float:
    return math.log(1 + (of - having + 0.5) / (having + 0.5))


def encode(weights: dict[str, dict[int, float]]) -> dict[str, str]:
    """Write for each word its sections, by the distance to the one before, and their weights."""
    unit = max(weight for own in weights.values() for weight in own.values()) / LEVELS
    encoded: dict[str, str] = {}
    for word, own in sorted(weights.items()):
        text, before = "", -1
        for number, weight in sorted(own.items()):
            if level := round(weight / unit):
                gap = number - before
                text += f"{gap if gap > 1 else ''}{chr(96 + level)}"
                before = number
        if text:
            encoded[word] = text
    return encoded


def readers() -> dict:
    """Return what readers say, see `book/search.yml`."""
    return yaml.load(WORDS.read_text("utf-8"), yaml.CSafeLoader)


def synonyms(extra: Iterable[list[str]] = ()) -> list[list[str]]:
    """Return groups of names for one thing, of the glossary and further ones, each name once."""
    groups = [
        [*(name for language in LANGUAGES for name in term.called(language)), *term.typed]
        for term in glossary.read(BOOK)
    ]
    joined: list[list[str]] = []
    for group in [*groups, *extra]:
        names = list(dict.fromkeys(map(fold, group)))
        for other in [other for other in joined if not set(names).isdisjoint(other)]:
            joined.remove(other)
            names = list(dict.fromkeys([*other, *names]))
        joined.append(names)
    return joined


def traditional(characters: set[str]) -> str:
    """Return pairs of a traditional and a simplified character, for those simplified ones."""
    pairs = TRADITIONAL.read_text("utf-8").split()
    return "".join(pair for pair in pairs if pair[1] in characters)


def _called(sections: list[Section], language: str) -> dict[str, list[str]]:
    """Return what else readers call a section or a page: what they say, and terms taught there."""
    said = readers()["called"].items()
    called = {label: list(names.get(language, ())) for label, names in said}
    for term in glossary.read(BOOK):
        called.setdefault(term.section, []).extend(term.called(language))
    for section in sections:
        if section.own != section.label and section.own in called:  # the heading of a page
            called.setdefault(section.label, []).extend(called[section.own])
    return called


def script(sections: list[Section], language: Language) -> str:
    """Return the index as a script, which loads in a book opened as files, too."""
    called = _called(sections, language.code)
    terms = encode(weights(sections, called))
    groups = synonyms(readers()["same"])
    characters = set("".join([*terms, *(name for group in groups for name in group)]))
    record = {
        "sections": [
            [each.address, each.heading, *called.get(each.label, ())] for each in sections
        ],
        "terms": terms,
        "names": [group for group in groups if len(group) > 1],
        "traditional": traditional(characters),
        "fillers": language.fillers.split(),
    }
    return f"window.bookSections = {json.dumps(record, ensure_ascii=False)};\n"
