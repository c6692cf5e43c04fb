"""The search index of each language: Pagefind's, and that of sections, see `sections`.

Pagefind finds Chinese phrases typed without spaces, and loads only the part of its index that a
query needs. It cannot run from `file:`; there the box has the sections alone.

In the browser `search.js` asks the finders in `book/_static/search/`, which it lists in `FINDERS`,
then Pagefind. `prepare` says what Pagefind reads, `LISTS` how much a page weighs, `CODE_WEIGHT` how
much code does. `tests/book/phrases/` holds what must be found.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from subprocess import PIPE, STDOUT

from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from bookkit import languages, stale
from bookkit.errors import BookError
from bookkit.languages import LANGUAGES
from bookkit.pages import glossary
from bookkit.paths import BOOK, SITE, pages
from bookkit.web import sections

# Not what readers search: versions and times, links of a heading.
TAGS_LEFT_OUT = {"script", "style", "svg"}
CLASSES_LEFT_OUT = {
    "article-section", "cell-foot", "colophon", "headerlink", "provenance", "toctree-wrapper",
}  # fmt: skip
# A formula of these alone can be read as text: a number, F1, a short equation. Others are "…".
LINEAR = {"mrow", "mn", "mi", "mo", "mtext", "msub"}
# A name in code or in its output should not outweigh a sentence about it.
LIGHTER, CODE_WEIGHT = {"highlight", "cell_output"}, "0.4"
# Lists that name everything: a page about a thing comes before its entry in a list.
LISTS = {
    "errata": 0.5, "glossary": 0.4, "messages": 0.2, "snippets": 0.2,
    "references": 0.1, "colophon": 0.1,
}  # fmt: skip
# Pagefind's own boxes, which the book's search box stands in for.
UNUSED = "*-ui.*s"  # scripts and style sheets
# What the indices are made by and from, beside the pages.
SOURCES = (
    *(Path(each) for each in (__file__, sections.__file__, languages.__file__)),
    *(sections.TRADITIONAL, sections.WORDS, BOOK / glossary.FILE),
)
STAMP = "pages.sha256"


def write_all() -> None:
    """Index every language of the site, side by side."""
    with ProcessPoolExecutor(len(LANGUAGES)) as pool:
        for language, written in zip(LANGUAGES, pool.map(_write_own, LANGUAGES), strict=True):
            if written:
                print(f"search: indexed {language}", flush=True)


def _write_own(language: str) -> bool:
    return write(language, SITE, pages(BOOK / language))


def write(language: str, site: Path, names: list[str]) -> bool:
    """Index pages of one language below `site/LANGUAGE`, if any of them changed.

    Returns:
        whether the index was written.

    Raises:
        BookError: a page has nothing to search, or Pagefind failed.
    """
    folder = site / language
    files = {f"{name}.html": folder / f"{name}.html" for name in names}
    made_from = stale.digest(*SOURCES, *files, *files.values())
    stamp = folder / "pagefind" / STAMP
    if stamp.is_file() and stamp.read_text() == made_from:
        return False
    shutil.rmtree(folder / "pagefind", ignore_errors=True)
    prepared = {address: prepare(path.read_text("utf-8")) for address, path in files.items()}
    with _index(prepared, folder / "pagefind", LANGUAGES[language].tag):  # two programs at once
        divided = (sections.read(name, article, weight(name)) for name, article in prepared.items())
        index = folder / "_static" / sections.FILE
        index.parent.mkdir(parents=True, exist_ok=True)
        script = sections.script([*chain.from_iterable(divided)], LANGUAGES[language])
        index.write_text(script, encoding="utf-8")
    stamp.write_text(made_from)
    return True


def prepare(html: str) -> HtmlElement:
    """Return the article of a page as Pagefind should read it.

    Sphinx puts the id of a section on the section; Pagefind divides a page at headings with ids.
    """
    article = document_fromstring(html, HTMLParser(remove_comments=True)).find(".//article")
    for formula in list(article.iter("math")):
        linear = all(part.tag in LINEAR for part in formula.iterdescendants())
        formula.tail = (formula.text_content() if linear else "…") + (formula.tail or "")
        formula.drop_tree()
    for part in list(article.iter()):
        if part.tag in TAGS_LEFT_OUT or not CLASSES_LEFT_OUT.isdisjoint(part.classes):
            part.drop_tree()
    for part in article.xpath(".//*[@id]"):
        own = part.attrib.pop("id")
        headings = [child for child in part if child.tag in sections.HEADINGS]
        if part.tag == "section" and headings:
            headings[0].set("id", own)
    for part in article.iter("div"):
        if not LIGHTER.isdisjoint(part.classes):
            part.set(sections.WEIGHT, CODE_WEIGHT)
    return article


def weight(address: str) -> float:
    """Return how much a page counts against the others."""
    return LISTS.get(address.removesuffix(".html"), 1)


@contextmanager
def _index(prepared: dict[str, HtmlElement], target: Path, tag: str) -> Iterator[None]:
    """Let Pagefind write its index while the body of a `with` runs."""
    # By its command: the package's own service is stopped while it may still write.
    with tempfile.TemporaryDirectory() as name:
        for address, article in prepared.items():
            if not article.text_content().strip():
                raise BookError(f"nothing to search on {address}")
            path = Path(name, address)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = tostring(article, encoding="unicode")
            body = f"<body data-pagefind-weight='{weight(address)}'>{text}</body>"
            path.write_text(f"<html lang='{tag}'>{body}</html>", encoding="utf-8")
        command = [sys.executable, "-m", "pagefind", "--site", name, "--output-path", str(target)]
        with subprocess.Popen(
            [*command, "--force-language", tag], stdout=PIPE, stderr=STDOUT, text=True
        ) as running:
            yield
            said, _ = running.communicate()
    if running.returncode:
        raise BookError(f"Pagefind failed:\n{said}")
    for path in target.glob(UNUSED):
        path.unlink()
