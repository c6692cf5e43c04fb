"""The field's terms: in headings, said where they are taught, and no homemade word in their place.

`book/terms.yml` lists the homemade words, `homemade: {LANGUAGE: {WORD: {say: TERM, in: [LABEL]}}}`
with the sections that may use them as a picture, names of programs and data, which are terms in a
heading, too, `names: [NAME]`, and the headings that do without a term, `headings: {LABEL: REASON}`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bookkit.checks.book import Book, Page
from bookkit.errors import closest
from bookkit.languages import LANGUAGES, Language
from bookkit.pages import glossary
from bookkit.pages.structure import NOT_PROSE

LISTS = "terms.yml"
OFTEN = 4  # a heading that stands on so many pages belongs to the frame of a chapter
HYPHEN, PLURAL = re.compile("[-–]"), re.compile(r"ies\b")
FRAME = re.compile(" *[:：].*")  # what a chapter makes of "Check your code", which all have


def said(book: Book) -> Iterator[str]:
    """Name entries of the glossary whose section is missing, or never says the term."""
    terms = glossary.read(book.folder)
    for language, tree in book.trees.items():
        sections = {each.label: each for page in tree.values() for each in page.structure.sections}
        for term in terms:
            names = _pattern(map(_folded, term.called(language)), LANGUAGES[language])
            where = book.where(book.folder / glossary.FILE, term.line)
            problem = f"{where}: {term.names[language]!r}"
            if term.section not in sections:
                cure = f"name another: {closest(term.section, sections)}"
                yield f"{problem} is taught in {term.section}, which is no section; {cure}"
            elif not names.search(_folded(sections[term.section].text)):
                cure = f"define it there in book/{language}, or name the section that does"
                yield f"{problem} is never said in {term.section}; {cure}"


def _folded(text: str) -> str:
    """Write a text without hyphens and plurals in `-ies`, in small letters."""
    return " ".join(PLURAL.sub("y", HYPHEN.sub(" ", text).casefold()).split())


def _pattern(names: Iterable[str], language: Language) -> re.Pattern:
    alternatives = "|".join(map(re.escape, sorted(names, reverse=True)))  # the longer name first
    bounded = rf"(?<!\w)({alternatives})(?:{language.plural})?(?!\w)"
    return re.compile(bounded if language.spaced else f"({alternatives})", re.IGNORECASE)


def headings(book: Book) -> Iterator[str]:
    """Name headings without a term, a name or code in the parts, and exceptions that are none."""
    lists = _lists(book.folder)
    plain, products = lists.get("headings", {}), lists.get("names", [])
    terms, used = glossary.read(book.folder), set()
    for language, tree in book.trees.items():
        names = [name for term in terms for name in term.called(language) if name[1:]] + products
        pattern = _pattern(map(_folded, names), LANGUAGES[language]) if names else None
        parts = [page for page in tree.values() if "/" in page.name]  # not what frames the book
        sections = [(page, section) for page in parts for section in page.structure.sections]
        often = Counter(FRAME.sub("", section.prose[0]) for _, section in sections if section.prose)
        for page, section in sections:
            heading = section.prose[0] if section.prose else ""
            if not pattern or often[FRAME.sub("", heading)] >= OFTEN or "`" in heading:
                continue
            if pattern.search(_folded(heading)):
                continue
            used.add(section.label)
            if section.label not in plain:
                cure = f"name the subject, or give the reason in book/{LISTS}"
                yield page.at(section.line, f"no term of the glossary in {heading!r}: {cure}")
    for label in [label for label in plain if label not in used]:
        yield f"book/{LISTS}:1: the heading of {label} has a term in all languages: take it out"


def homemade(book: Book) -> Iterator[str]:
    """Name homemade words outside the sections that may use them as a picture."""
    for code, words in _lists(book.folder).get("homemade", {}).items():
        pattern = _pattern(words, LANGUAGES[code])
        for page in book.trees[code].values():
            yield from _words(page, words, pattern)


def _words(page: Page, words: dict[str, Any], pattern: re.Pattern) -> Iterator[str]:
    for section in page.structure.sections:
        for match in pattern.finditer(NOT_PROSE.sub(" ", section.text)):
            rule = words[match[1].lower()]
            if section.label not in rule.get("in", ()):
                problem = f"section {section.label} says {match[1]!r}"
                yield page.at(section.line, f"{problem}; the field says {rule['say']!r}")


def _lists(folder: Path) -> dict[str, Any]:
    path = folder / LISTS
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
