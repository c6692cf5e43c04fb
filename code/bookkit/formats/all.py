"""All that the book is written as, one record each; commands, build and pages read the list.

With `whole=True` a format leaves one file for each language, `keras-book-LANGUAGE.NAME`, which the
menu of each page offers. If its pages are used as they are, the folder of its builder stands in
`USED`.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx

from bookkit.checks.book import Book
from bookkit.formats import epub, notebook, pdf, twins
from bookkit.paths import BUILD, ROOT, SITE
from bookkit.web import assemble, policy, publishing, search
from bookkit.web.publishing import book_file


def _nothing(*given: object) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Format:
    """What `make NAME` does."""

    builders: tuple[str, ...]  # of Sphinx, in this order
    setup: Callable[[Sphinx], None] = _nothing  # tells Sphinx of them
    require: Callable[[], None] = _nothing  # raises before anything runs if a program is missing
    finish: Callable[[Sequence[str]], None] = _nothing  # goes on where Sphinx ends, by languages
    whole: bool = False  # one file for each language, which pages offer


# A link to a whole book in the menu of a page, as a comment or between two.
OFFER = re.compile(r"<!--book (\w+)(?::|-->)(<li>.*?</li>)(?:<!--end)?-->")


def finish_site(languages: Sequence[str]) -> None:
    """Put beside the pages what they link to."""
    assemble.assemble()
    for language in languages:
        offer_books(language)
        twins.place(output_folder("twin", language), SITE / language)
    twins.write_list(SITE, Book(ROOT), publishing.site())
    policy.apply(SITE)
    search.write_all()


FORMATS = {
    "html": Format(builders=("html", "notebook", "twin"), setup=twins.setup, finish=finish_site),
    "notebooks": Format(builders=("notebook",), setup=notebook.setup),
    "pdf": Format(
        builders=("latex",), setup=pdf.setup, require=pdf.require, finish=pdf.typeset, whole=True
    ),
    "epub": Format(builders=("epub",), setup=epub.setup, whole=True),
}
# Builders whose pages are used as they are; what others write goes on into something else.
USED = {"html": SITE, "notebook": BUILD / "notebooks"}


def output_folder(builder: str, language: str) -> Path:
    """Return where a builder of Sphinx writes."""
    if builder in USED:
        return USED[builder] / language
    return BUILD / "sphinx" / language / builder


def collect(name: str, languages: Sequence[str]) -> None:
    """Put the whole book of each language into the folder of its format."""
    for language in languages:
        book = book_file(name, language)
        book.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(output_folder(FORMATS[name].builders[-1], language) / book.name, book)


def books_made(language: str) -> list[str]:
    """Return as what the whole book of a language was made."""
    whole = [name for name, each in FORMATS.items() if each.whole]
    return [name for name in whole if book_file(name, language).is_file()]


def offer_books(language: str) -> None:
    """Put the whole books that were made beside the pages, no older ones, and let pages offer them.

    Sphinx writes each offer as a comment: pages need not be written again when a book is made.
    """
    for old in SITE.glob(book_file("*", language).name):
        old.unlink()
    made = books_made(language)
    for name in made:
        book = book_file(name, language)
        shutil.copyfile(book, SITE / book.name)

    def offer(match: re.Match[str]) -> str:
        name, link = match.groups()
        return (
            f"<!--book {name}-->{link}<!--end-->" if name in made else f"<!--book {name}:{link}-->"
        )

    for path in SITE.joinpath(language).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if (offered := OFFER.sub(offer, text)) != text:
            path.write_text(offered, encoding="utf-8")
