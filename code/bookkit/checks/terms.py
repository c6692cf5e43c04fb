"""One name for one thing: the glossary's fixed terms, and pages that use another name."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from bookkit.pages import structure
from bookkit.paths import BOOK, LANGUAGES, pages

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


def read(path: Path) -> list[Term]:
    """Read the tables of a glossary page; their first and last columns are in its language."""
    terms = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not (match := ROW.match(line)) or set(match["cells"]) <= set("-|: "):
            continue
        cells = [cell.strip() for cell in match["cells"].split("|")]
        if len(cells) == 4:
            unused = tuple(name.strip() for name in re.split("[、,]", cells[3]) if name.strip())
            terms.append(Term(*cells[:3], unused, number))
    return [term for term in terms if term.name not in ("中文", "English")]


def check(book: Path = BOOK) -> list[str]:
    """Compare both glossaries, and look for names the book does not use.

    Returns:
        one line a fault, `path:line: message`; none when every page keeps to the terms.
    """
    paths = {language: book / language / f"{GLOSSARY}.md" for language in LANGUAGES}
    if not all(path.exists() for path in paths.values()):
        return []
    terms = {language: read(path) for language, path in paths.items()}
    return _pairs(paths, terms) + [
        problem for language in LANGUAGES for problem in _names(book, language, terms[language])
    ]


def _pairs(paths: dict[str, Path], terms: dict[str, list[Term]]) -> list[str]:
    problems = []
    for zh, en in zip_longest(terms["zh"], terms["en"]):
        left = (zh.name, zh.other) if zh else None
        right = (en.other, en.name) if en else None
        if left != right:
            here = f"{os.path.relpath(paths['zh'])}:{zh.line if zh else 1}"
            problems.append(f"{here}: the glossaries differ: {left} against {right}")
            break
    for language, entries in terms.items():
        for term in entries:
            if not term.definition:
                here = f"{os.path.relpath(paths[language])}:{term.line}"
                problems.append(f"{here}: {term.name!r} has no definition")
    return problems


def _names(book: Path, language: str, terms: list[Term]) -> Iterator[str]:
    """Find unused names in the prose of a language, but for the glossary itself."""
    fixed = {name: term.name for term in terms for name in term.unused}
    if not fixed:
        return
    alternatives = "|".join(map(re.escape, sorted(fixed, key=len, reverse=True)))
    pattern = alternatives if language == "zh" else rf"\b(?:{alternatives})s?\b"
    for name in pages(book / language):
        if name == GLOSSARY:
            continue
        path = book / language / f"{name}.md"
        for section in structure.read(path).sections:
            text = NOT_PROSE.sub(" ", "\n".join(section.prose))
            for match in re.finditer(pattern, text, re.IGNORECASE):
                found = match.group()
                term = fixed.get(found.lower()) or fixed.get(found.lower().removesuffix("s"))
                yield (
                    f"{os.path.relpath(path)}:{section.line}: section {section.label} says "
                    f"{found!r}; the book's term is {term!r}"
                )
