"""One name for one thing: the glossary's fixed terms, and pages that use another name."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from bookkit.checks.book import Book, Page
from bookkit.languages import LANGUAGES, ORIGINAL
from bookkit.pages.glossary import GLOSSARY, RULE, Term, read

# Code, roles, formulas and the targets of links are not prose.
NOT_PROSE = re.compile(r"\{[\w:-]+\}`[^`]*`|`[^`]*`|\$[^$]*\$|\]\([^)]*\)")


def _widths(page: Page) -> Iterator[str]:
    """Name the tables that lack a column, since their terms would go unread."""
    wanted = len(LANGUAGES) + 2
    for number, line in enumerate(page.text.splitlines(), start=1):
        if RULE.match(line) and line.count("|") - 1 != wanted:
            cure = "names in all languages, the definition, names that the book does not use"
            yield page.at(number, f"a table of the glossary has {wanted} columns: {cure}")


def check(book: Book) -> Iterator[str]:
    """Compare the glossaries, and look for names the book does not use."""
    glossaries = {
        language: tree[GLOSSARY] for language, tree in book.trees.items() if GLOSSARY in tree
    }
    if len(glossaries) < len(LANGUAGES):
        return
    for page in glossaries.values():
        yield from _widths(page)
    terms = {language: read(page.text) for language, page in glossaries.items()}
    yield from _pairs(glossaries, terms)
    for language, entries in terms.items():
        yield from _names(book.trees[language], language, entries)


def _pairs(glossaries: dict[str, Page], terms: dict[str, list[Term]]) -> Iterator[str]:
    for language in terms:
        for here, there in zip_longest(terms[ORIGINAL], terms[language]):
            left, right = here and here.pair(ORIGINAL), there and there.pair(language)
            if left != right:
                problem = f"the glossaries differ: {left} against {right}"
                yield glossaries[ORIGINAL].at(here.line if here else 1, problem)
                break
    for language, entries in terms.items():
        for term in entries:
            if not term.definition:
                yield glossaries[language].at(term.line, f"{term.name!r} has no definition")


def _names(tree: dict[str, Page], language: str, terms: list[Term]) -> Iterator[str]:
    """Find unused names in the prose of a language, but for the glossary itself."""
    fixed = {name.lower(): term.name for term in terms for name in term.unused}
    if not fixed:
        return
    alternatives = "|".join(map(re.escape, sorted(fixed, reverse=True)))  # the longer name first
    record = LANGUAGES[language]
    plural = f"(?:{record.plural})?"
    pattern = rf"\b(?:{alternatives}){plural}\b" if record.spaced else alternatives
    for name, page in tree.items():
        if name == GLOSSARY:
            continue
        for section in page.structure.sections:
            text = NOT_PROSE.sub(" ", "\n".join(section.prose))
            for match in re.finditer(pattern, text, re.IGNORECASE):
                found = match.group()
                term = fixed.get(found.lower()) or fixed.get(
                    found.lower().removesuffix(record.plural)
                )
                problem = f"section {section.label} says {found!r}; the book's term is {term!r}"
                yield page.at(section.line, problem)
