"""One name for one thing: the glossary's fixed terms, and pages that use another name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from bookkit.checks.book import Book, Page
from bookkit.paths import LANGUAGES

ROW = re.compile(r"^\|(?P<cells>.+)\|\s*$")
# Code, roles, formulas and the targets of links are not prose.
NOT_PROSE = re.compile(r"\{[\w:-]+\}`[^`]*`|`[^`]*`|\$[^$]*\$|\]\([^)]*\)")
GLOSSARY = "glossary"


@dataclass(frozen=True)
class Term:
    """A term as one language's glossary gives it."""

    name: str
    other: str  # its name in the other language
    definition: str
    unused: tuple[str, ...]  # names that other texts use for it
    line: int


def read(text: str) -> list[Term]:
    """Read the tables of a glossary page; their first and last columns are in its language."""
    terms = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not (match := ROW.match(line)) or set(match["cells"]) <= set("-|: "):
            continue
        cells = [cell.strip() for cell in match["cells"].split("|")]
        if len(cells) == 4:
            name, other, definition, listed = cells
            unused = tuple(each.strip() for each in re.split("[、,]", listed) if each.strip())
            terms.append(Term(name, other, definition, unused, number))
    return [term for term in terms if term.name not in ("中文", "English")]


def check(book: Book) -> Iterator[str]:
    """Compare both glossaries, and look for names the book does not use."""
    glossaries = {
        language: tree[GLOSSARY] for language, tree in book.trees.items() if GLOSSARY in tree
    }
    if len(glossaries) < len(LANGUAGES):
        return
    terms = {language: read(page.text) for language, page in glossaries.items()}
    yield from _pairs(glossaries, terms)
    for language, entries in terms.items():
        yield from _names(book.trees[language], language, entries)


def _pairs(glossaries: dict[str, Page], terms: dict[str, list[Term]]) -> Iterator[str]:
    for zh, en in zip_longest(terms["zh"], terms["en"]):
        left = (zh.name, zh.other) if zh else None
        right = (en.other, en.name) if en else None
        if left != right:
            line = zh.line if zh else 1
            yield glossaries["zh"].at(line, f"the glossaries differ: {left} against {right}")
            break
    for language, entries in terms.items():
        for term in entries:
            if not term.definition:
                yield glossaries[language].at(term.line, f"{term.name!r} has no definition")


def _names(tree: dict[str, Page], language: str, terms: list[Term]) -> Iterator[str]:
    """Find unused names in the prose of a language, but for the glossary itself."""
    fixed = {name: term.name for term in terms for name in term.unused}
    if not fixed:
        return
    alternatives = "|".join(map(re.escape, sorted(fixed, key=len, reverse=True)))
    pattern = alternatives if language == "zh" else rf"\b(?:{alternatives})s?\b"
    for name, page in tree.items():
        if name == GLOSSARY:
            continue
        for section in page.structure.sections:
            text = NOT_PROSE.sub(" ", "\n".join(section.prose))
            for match in re.finditer(pattern, text, re.IGNORECASE):
                found = match.group()
                term = fixed.get(found.lower()) or fixed.get(found.lower().removesuffix("s"))
                problem = f"section {section.label} says {found!r}; the book's term is {term!r}"
                yield page.at(section.line, problem)
