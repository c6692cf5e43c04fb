"""A third, made-up language: its record and its folder of pages are all that it needs."""

import json
import re
import shutil
import zipfile
from dataclasses import replace

import pytest

from bookkit.checks import parity, terms
from bookkit.errors import PageError
from bookkit.languages import ENGLISH, LANGUAGES
from bookkit.paths import BOOK
from bookkit.web import assemble, entry


def own(words):
    """Mark all words, so that none of another language can pass for one of these."""
    return {key: own(text) if isinstance(text, dict) else f"¤{text}" for key, text in words.items()}


TOKI = replace(
    ENGLISH,
    code="xx",
    tag="eo",
    sphinx="eo",
    locale="eo_XX",
    name="Toki",
    title="Kesi sona",
    subtitle="Lukin",
    author="jan pali",
    license="ale",
    description="ni li pali.",
    script="Cyrl",
    plural="",
    prose="",
    citations=replace(ENGLISH.citations, pair=" en ", others="k.a."),
    print=replace(ENGLISH.print, preface="Open", chapter=r"Lipu \thechapter"),
    words=own(ENGLISH.words),
    browser=own(ENGLISH.browser),
    theme={"Color mode": "kule", "Search": "alasa"},
    labels=own(ENGLISH.labels),
)
TRANSLATION = {"# First things": "# Ijo open", "A tiny book": "Lipu lili", "Heads & tails": "Lawa"}


@pytest.fixture(scope="module")
def language():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LANGUAGES, "xx", TOKI)
        yield TOKI


@pytest.fixture(scope="module")
def book(built_book, language):
    """Return the tiny book with a third folder of pages, built in every format."""
    folder = shutil.copytree(built_book.folder / "en", built_book.folder / "xx")
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for english, own_text in TRANSLATION.items():
            text = text.replace(english, own_text)
        page.write_text(text, encoding="utf-8")
    for builder in ("html", "notebook", "twin", "latex", "epub"):
        assert built_book.build("xx", builder).warning.getvalue() == ""
    return built_book


def made(book, name):
    return (book.folder / "out" / "xx" / name).read_text(encoding="utf-8")


def test_a_web_page_speaks_it_and_leads_to_the_other_languages(book, tags):
    text = book.page("xx", "first")
    found = tags(text)
    assert [each["lang"] for each in found.all("html")] == ["eo"]
    assert "<title>Ijo open · Kesi sona: Lukin</title>" in text
    switcher = text[text.index('class="language-switcher"') :].partition("</nav>")[0]
    assert re.findall(r'href="(\S+)" hreflang="(\S+)"', switcher) == [
        ("../zh/first.html", "zh-CN"),
        ("../en/first.html", "en"),
    ]
    alternates = [each["hreflang"] for each in found.all("link", rel="alternate", hreflang=True)]
    assert alternates == ["zh-CN", "en", "eo"]
    for words in ("¤How this chapter was made", "¤Test accuracy", "¤Mean", "kule", "¤Search…"):
        assert words in text, words
    spelled = [word for word in ENGLISH.words.values() if re.search(r"\w", word)]  # no comma
    unmarked = [word for word in spelled if f">{word}<" in text]
    assert unmarked == []


def test_scripts_and_style_sheet_get_its_record(book):
    line = made(book, "html/_static/bundle.js").splitlines()[0]
    record = json.loads(line.removeprefix("const bookLanguage = ").rstrip(";"))
    assert (record["code"], record["spaced"], record["nothing"]) == ("xx", True, "¤Nothing found")


def test_exports_epub_and_latex_are_in_it(book):
    for export in ("notebook/first.ipynb", "twin/first.html.md"):
        assert "¤Test accuracy" in made(book, export)
    with zipfile.ZipFile(book.folder / "out/xx/epub/keras-book-xx.epub") as archive:
        assert "<dc:language>eo</dc:language>" in archive.read("content.opf").decode()
        assert "<h1>¤Contents</h1>" in archive.read("nav.xhtml").decode()
    tex = made(book, "latex/keras-book-xx.tex")
    for command in (
        r"\booktag{eo}",
        r"\bookprefacename{Open}",
        r"\bookchaptername{Lipu \thechapter}",
        r"\booktitle{Kesi sona:\\Lukin}",
        rf"\bookothertitle{{{LANGUAGES['zh'].full_title}\\{ENGLISH.full_title}}}",
        r"\bookpart{Lawa}",
    ):
        assert command in tex, command


def test_the_site_around_the_languages_offers_it(language, tmp_path):
    for code in LANGUAGES:
        (tmp_path / code).mkdir()
        (tmp_path / code / "index.html").write_text("<main></main>", encoding="utf-8")
    entry.write(tmp_path, BOOK / "_templates" / "entry", "")
    first, missing = ((tmp_path / name).read_text("utf-8") for name in ("index.html", "404.html"))
    assert 'const known = ["zh", "en", "xx"];' in first
    assert "<h2>Kesi sona: Lukin</h2>" in first
    assert '<section lang="eo">\n<h1>¤There is no such page</h1>' in missing
    assert "(zh|en|xx)" in missing
    assert 'hreflang="eo" href="a/xx/first.html"' in assemble._sitemap("a/", ["first"])


GLOSSARY = """\
parts:
- {en: A, zh: 甲, at: sec-a, is: {en: One., zh: 一。}}
"""
PAGE = "(sec-a)=\n# {}\n\n${}$\n"


def test_its_pages_and_its_terms_are_checked_against_the_original(language, project):
    titles = {"zh": "甲", "en": "A", "xx": "kala"}
    pages = {f"book/{code}/page.md": PAGE.format(title, "x") for code, title in titles.items()}
    entry = GLOSSARY.replace("甲,", "甲, xx: kala,").replace("一。", "一。, xx: wan")
    book = project({**pages, "book/glossary.yml": entry})
    assert [*parity.check(book), *terms.said(book)] == []
    book = project({"book/xx/page.md": PAGE.format("B", "y")})
    where = "book/zh/page.md:2: only in {}, section sec-a: equation {!r} (twin: book/xx/page.md:2)"
    assert list(parity.check(book)) == [where.format("zh", "x"), where.format("xx", "y")]
    (problem,) = terms.said(book)
    assert problem.startswith("book/glossary.yml:2: 'kala' is never said in sec-a; ")
    with pytest.raises(PageError, match="'A' lacks xx, is/xx; write it"):
        next(terms.said(project({"book/glossary.yml": GLOSSARY})))
