"""Citations as each language writes them, `[Tian et al., 2019]`, `[Tian 等，2019]`, and their list.

On paper a citation has to say by itself which entry it means: years get letters where needed.
"""

import re
from collections import defaultdict
from functools import partial
from string import ascii_lowercase
from typing import ClassVar

from pybtex.backends.plaintext import Backend as PlainText
from pybtex.database import Entry
from pybtex.plugin import register_plugin as register_pybtex
from pybtex.richtext import Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from pybtex.style.template import field as bib_field
from pybtex.style.template import href
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from bookkit.errors import BookError
from bookkit.languages import LANGUAGES, Language


def reference_style(language: Language) -> AuthorYearReferenceStyle:
    """Return author and year as a language writes them; names stay as they are published."""
    words = language.citations
    others = Tag("em", words.others) if language.italics else words.others
    return AuthorYearReferenceStyle(
        bracket_textual=BracketStyle(sep=words.between),
        bracket_parenthetical=BracketStyle(sep=words.between),
        person=PersonStyle(
            sep=words.names, sep2=words.pair, last_sep=words.last, other=Text(" ", others)
        ),
        author_year_sep=words.year,
        post_text_sep=words.note,
    )


class AuthorSorting(SortingStyle):
    """Sort by author, year and title; braces, which keep names whole, sort nowhere."""

    def sorting_key(self, entry: Entry) -> tuple[str, ...]:
        """Return what an entry is sorted by."""
        key = super().sorting_key(entry)
        author = key[0] or entry.fields.get("title", "")
        return tuple(re.sub("[{}]", "", part).lower() for part in (author, *key[1:]))


class BookStyle(PlainStyle):
    """The plain style in that order; an address speaks for itself."""

    default_sorting_style = "book_authors"
    texts: ClassVar[dict[str, Text]] = {}  # a page's list and its tooltips, on any page: one text

    def format_entry(self, label: str, entry: Entry, bib_data: object = None) -> FormattedEntry:
        """Format each entry once: this takes ten milliseconds, and fifty pages cite."""
        content = repr(entry)
        if content not in self.texts:
            self.texts[content] = super().format_entry(label, entry, bib_data).text
        return FormattedEntry(entry.key, self.texts[content], label)

    def format_url(self, entry: Entry) -> object:
        """Write the address without the word URL."""
        address = bib_field("url", raw=True)
        return href(address)[address]


def tell_apart(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Give entries that a citation could not tell apart `2023a`, `2023b`; name a missing year."""
    no_year = LANGUAGES[app.config.bookkit_language].citations.no_year
    sorting_key = AuthorSorting().sorting_key
    same = defaultdict(list)
    for entry in env.get_domain("cite").bibdata.data.entries.values():
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        names = tuple(" ".join(person.last_names) for person in people)
        shown = names if len(names) < 3 else (*names[:1], "others")
        year = entry.fields["year"] = _year(entry, no_year)
        if shown:
            same[shown, year].append(entry)
    for (_, year), entries in same.items():
        if len(entries) > 1:
            between = "-" if year == no_year else ""
            entries.sort(key=lambda entry: sorting_key(entry)[::2])  # as in the list, less the year
            for number, entry in enumerate(entries):
                entry.fields["year"] = f"{year}{between}{ascii_lowercase[number]}"


def _year(entry: Entry, no_year: str) -> str:
    """Return the year of an entry without the letter that another build gave it."""
    text = entry.fields.get("year", no_year)
    if not (match := re.fullmatch(rf"(\d{{4}}|{re.escape(no_year)})(-?[a-z])?", text)):
        cure = "a year has four digits; leave it out where a source has none"
        raise BookError(f"book/references.bib: {entry.key}: {cure}. Received: {text!r}")
    return match[1]


def setup(app: Sphinx) -> None:
    """Register the styles, which `conf.py` chooses."""
    for code, record in LANGUAGES.items():
        style = partial(reference_style, record)  # called like a class, and nothing else
        name = f"book_{code}"
        register_plugin("sphinxcontrib.bibtex.style.referencing", name, style)  # type: ignore[arg-type]
    register_pybtex("pybtex.style.sorting", BookStyle.default_sorting_style, AuthorSorting)
    register_pybtex("pybtex.style.formatting", "book", BookStyle)
    # Asked for at each citation: unregistered, the metadata of all packages are read for it.
    register_pybtex("pybtex.backends", "plaintext", PlainText, force=True)
    app.connect("env-before-read-docs", tell_apart)
