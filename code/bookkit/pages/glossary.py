"""The terms of the field: what `book/glossary.yml` says of each in all languages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes

from bookkit.errors import PageError
from bookkit.languages import LABELLED, LANGUAGES

FILE = "glossary.yml"
PAGE = "glossary"  # where all are listed
ABBREVIATED = re.compile(r"(.+?) \((.+)\)")


@dataclass(frozen=True)
class Term:
    """A term with what the glossary says of it; by language, where it is in words."""

    group: str
    names: Mapping[str, str]
    definitions: Mapping[str, str]
    section: str  # the label of the section that teaches it
    also: Mapping[str, tuple[str, ...]]
    typed: tuple[str, ...]  # spellings for search alone
    line: int

    @property
    def label(self) -> str:
        """What links to its entry name."""
        return f"term-{nodes.make_id(self.names[LABELLED])}"

    def called(self, language: str) -> tuple[str, ...]:
        """Return its names in a language; a name with an abbreviation in brackets is two."""
        name = self.names[language]
        match = ABBREVIATED.fullmatch(name)
        return (*(match.groups() if match else (name,)), *self.also.get(language, ()))


def read(book: Path) -> list[Term]:
    """Read the glossary of a book; one without the file has no terms.

    Raises:
        PageError: an entry lacks a key or a language.
    """
    path = book / FILE
    return list(_read(path, path.stat().st_mtime_ns)) if path.is_file() else []


@cache
def _read(path: Path, changed: int) -> tuple[Term, ...]:
    text = path.read_text(encoding="utf-8")
    groups = yaml.load(text, yaml.CBaseLoader)
    root: Any = yaml.compose(text, yaml.CSafeLoader)  # a second less for each process
    lines = (entry.start_mark.line + 1 for _, listed in root.value for entry in listed.value)
    return tuple(_terms(groups, lines, path))


def _terms(groups: dict, lines: Iterator[int], path: Path) -> Iterator[Term]:
    for group, entries in groups.items():
        for entry, line in zip(entries, lines, strict=False):
            wanted = [*LANGUAGES, "at", "is", *(f"is/{code}" for code in LANGUAGES)]
            has = {*entry, *(f"is/{code}" for code in entry.get("is", ()))}
            if missing := [key for key in wanted if key not in has]:
                problem = f"{entry.get(LABELLED, 'a term')!r} lacks {', '.join(missing)}; write it"
                raise PageError(path, line, problem)
            names = {code: entry[code] for code in LANGUAGES}
            also = {code: tuple(listed) for code, listed in entry.get("also", {}).items()}
            typed = tuple(entry.get("typed", ()))
            yield Term(group, names, entry["is"], entry["at"], also, typed, line)
