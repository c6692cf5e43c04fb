"""The glossary's fixed terms, as its tables give them."""

import re
from dataclasses import dataclass

from bookkit.languages import LANGUAGES

GLOSSARY = "glossary"  # the page
ROW = re.compile(r"^\|(?P<cells>.+)\|\s*$")
RULE = re.compile(r"^\|[-|: ]*$")  # the line below the head of a table


@dataclass(frozen=True)
class Term:
    """A term as one language's glossary gives it."""

    names: tuple[str, ...]  # in this language, then in the others, in their order
    definition: str
    unused: tuple[str, ...]  # names that other texts use for it
    line: int

    @property
    def name(self) -> str:
        """The term in the language of the glossary."""
        return self.names[0]

    def pair(self, language: str) -> tuple[str, ...]:
        """Return the names in the order of all languages, given that of the glossary."""
        names = list(self.names)
        names.insert(list(LANGUAGES).index(language), names.pop(0))
        return tuple(names)


def read(text: str) -> list[Term]:
    """Read the tables of a glossary page; their first and last columns are in its language."""
    own_names = {record.name for record in LANGUAGES.values()}  # in the heads of the tables
    terms = []
    for number, line in enumerate(text.splitlines(), start=1):
        if RULE.match(line) or not (match := ROW.match(line)):
            continue
        cells = [cell.strip() for cell in match["cells"].split("|")]
        if len(cells) == len(LANGUAGES) + 2 and cells[0] not in own_names:
            *names, definition, listed = cells
            unused = tuple(each.strip() for each in re.split("[、,]", listed) if each.strip())
            terms.append(Term(tuple(names), definition, unused, number))
    return terms
