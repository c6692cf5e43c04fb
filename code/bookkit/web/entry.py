"""The page to choose a language on, and the one that a server shows for a missing address."""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bookkit import languages, palette
from bookkit.languages import FALLBACK, LANGUAGES

SHOWN = 10  # digits above the languages


@dataclass(frozen=True)
class Part:
    """A part of the book, as its card shows it."""

    address: str
    words: str
    picture: str
    seen: str  # on it, for those who do not see it


@dataclass(frozen=True)
class Opening:
    """What the first page of a language begins with: the entry page says the same."""

    sentence: str
    ways: list[tuple[str, str]]  # address and words of each way in
    facts: list[str]  # with what, and how much of it ran
    parts: list[Part]
    digits: list[list[int]]  # the ink of 64 dots each


def write(site: Path, templates: Path, address: str) -> None:
    """Write both pages and their style sheet.

    Args:
        site: the folder with the languages, which are built.
        templates: the folder of the pages' templates.
        address: of the published site, or empty.
    """
    style = languages.name_in_style((templates / "entry.css").read_text(encoding="utf-8"))
    fonts = "".join(
        f"[lang]:lang({each.tag}) {{ --sans: {each.fonts.sans}; }}\n" for each in LANGUAGES.values()
    )
    text = palette.rules_of_the_system() + style + fonts
    (site / "entry.css").write_text(text, encoding="utf-8")
    openings = {code: read(site / code / "index.html") for code in LANGUAGES}
    told = {
        "languages": list(LANGUAGES.values()),
        "fallback": FALLBACK,
        "base": escape(urlsplit(address).path) or "./",  # the missing one may lie at any depth
        "openings": openings,
        "pictured": LANGUAGES[FALLBACK],
        # each part once, with its card in every language
        "parts": list(zip(*(opening.parts for opening in openings.values()), strict=True)),
        "digits": openings[FALLBACK].digits[:SHOWN],
        "frames": palette.FRAMES,
    }
    environment = Environment(loader=FileSystemLoader(templates), undefined=StrictUndefined)
    for name in ("index.html", "404.html"):
        text = environment.get_template(name).render(told)
        (site / name).write_text(text + "\n", encoding="utf-8")


def read(page: Path) -> Opening:
    """Read what a first page begins with."""
    tree = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    data = tree.select_one('.live[data-live="digit"] script')
    examples = json.loads(data.get_text())["examples"] if data else []
    sentence = tree.select_one(".pitch > p")
    cards = [card for card in tree.select(".parts li") if card.select("img")]
    return Opening(
        sentence=_words(sentence) if sentence else "",
        ways=[(str(each["href"]), _words(each)) for each in tree.select(".ways a")],
        facts=[_words(each) for each in tree.select(".byline li")],
        parts=[_part(card) for card in cards],  # one without a picture waits for its chapter
        digits=[pixels for _, *pixels in examples],
    )


def _part(card: Tag) -> Part:
    link, picture = card.select("a")[0], card.select("img")[0]
    return Part(str(link["href"]), _words(link), str(picture["src"]), escape(str(picture["alt"])))


def _words(tag: Tag) -> str:
    return escape(" ".join(tag.get_text().split()))
