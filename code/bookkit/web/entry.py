"""The page to choose a language on, and the one that a server shows for a missing address."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml.html import HtmlElement, document_fromstring

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
    shown = {
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
        text = environment.get_template(name).render(shown)
        (site / name).write_text(text + "\n", encoding="utf-8")


def read(page: Path) -> Opening:
    """Read what a first page begins with."""
    tree = document_fromstring(page.read_text(encoding="utf-8"))
    data = tree.find('.//*[@data-live="digit"]//script')
    examples = json.loads(data.text)["examples"] if data is not None else []
    return Opening(
        sentence=next(map(_words, _within(tree, "pitch", "p")), ""),
        ways=[(link.get("href"), _words(link)) for link in _within(tree, "ways", ".//a")],
        facts=[_words(fact) for fact in _within(tree, "byline", ".//li")],
        parts=[
            Part(link.get("href"), _words(link), picture.get("src"), escape(picture.get("alt")))
            for card in _within(tree, "parts", ".//li")
            # a card without a picture waits for its chapter
            for link, picture in zip(card.iter("a"), card.iter("img"), strict=False)
        ],
        digits=[pixels for _, *pixels in examples],
    )


def _within(tree: HtmlElement, name: str, path: str) -> Iterator[HtmlElement]:
    """Yield what stands at a path within the elements of a class."""
    return (found for box in tree.find_class(name) for found in box.iterfind(path))


def _words(element: HtmlElement) -> str:
    return escape(" ".join(element.text_content().split()))
