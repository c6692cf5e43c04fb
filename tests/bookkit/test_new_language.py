"""A third language, Japanese: its record, its words and its pages are all that it needs."""

import json
import re
import shutil
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from bookkit import languages
from bookkit.checks import parity, terms
from bookkit.errors import PageError
from bookkit.languages import ENGLISH, LANGUAGES, Fonts, Search
from bookkit.paths import BOOK
from bookkit.text import passages
from bookkit.web import assemble, entry, search, sections


def own(words):
    """Mark all words, so that none of another language can pass for one of these."""
    return {key: own(text) if isinstance(text, dict) else f"¤{text}" for key, text in words.items()}


JAPANESE = replace(
    ENGLISH,
    code="ja",
    tag="ja",
    sphinx="ja",
    locale="ja_JP",
    name="日本語",
    title="Keras による機械学習",
    subtitle="回顧と展望",
    colon="：",
    author="著者一同",
    license="自由",
    description="全部動く。",
    script="Jpan",
    characters=r"\u3040-\u30ff\u3400-\u9fff",
    full_width=True,
    italics=False,
    fonts=Fonts(
        serif='"Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP", serif',
        sans='"Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP", sans-serif',
        pictures='"Noto Sans CJK JP", sans-serif',
    ),
    search=Search(binding="のにはをがでとたてるい"),
    plural="",
    prose="",
    citations=replace(ENGLISH.citations, pair="と", others="他"),
    print=replace(ENGLISH.print, noto="JP", preface="序文", chapter=r"第 \thechapter 章"),
    words=own(ENGLISH.words),
    browser=own(ENGLISH.browser),
    theme={"Color mode": "配色", "Search": "探す"},
    labels=own(ENGLISH.labels),
)
TRANSLATION = {
    "# First things": "# はじめに",
    "A tiny book": "小さな本",
    "Heads & tails": "表と裏",
    "## A picture": "## 損失関数の図",
    "Words.": "学習率は、\n更新の\n歩幅です。次元削減。",
    "> A quotation.": "> All models are wrong.",
}


@pytest.fixture(scope="module")
def language():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LANGUAGES, "ja", JAPANESE)
        yield JAPANESE


@pytest.fixture(scope="module")
def book(built_book, language):
    """Return the tiny book with a third folder of pages, built in every format."""
    folder = shutil.copytree(built_book.folder / "en", built_book.folder / "ja")
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for english, own_text in TRANSLATION.items():
            text = text.replace(english, own_text)
        page.write_text(text, encoding="utf-8")
    for builder in ("html", "notebook", "twin", "latex", "epub"):
        assert built_book.build("ja", builder).warning.getvalue() == ""
    return built_book


def made(book, name):
    return (book.folder / "out" / "ja" / name).read_text(encoding="utf-8")


def test_a_web_page_speaks_it_and_leads_to_the_other_languages(book, tags):
    text = book.page("ja", "first")
    found = tags(text)
    assert [each["lang"] for each in found.all("html")] == ["ja"]
    assert "<title>はじめに · Keras による機械学習：回顧と展望</title>" in text
    switcher = text[text.index('class="language-switcher"') :].partition("</nav>")[0]
    assert re.findall(r'href="(\S+)" hreflang="(\S+)"', switcher) == [
        ("../zh/first.html", "zh-CN"),
        ("../en/first.html", "en"),
    ]
    alternates = [each["hreflang"] for each in found.all("link", rel="alternate", hreflang=True)]
    assert alternates == ["zh-CN", "en", "ja"]
    for words in ("¤How this chapter was made", "¤Test accuracy", "¤Mean", "配色", "¤Search…"):
        assert words in text, words
    spelled = [word for word in ENGLISH.words.values() if re.search(r"\w", word)]  # no comma
    unmarked = [word for word in spelled if f">{word}<" in text]
    assert unmarked == []


def test_scripts_and_style_sheet_get_its_record(book):
    line = made(book, "html/_static/bundle.js").splitlines()[0]
    record = json.loads(line.removeprefix("const bookLanguage = ").rstrip(";"))
    assert (record["code"], record["spaced"], record["nothing"]) == ("ja", False, "¤Nothing found")


def test_exports_epub_and_latex_are_in_it(book):
    for export in ("notebook/first.ipynb", "twin/first.html.md"):
        assert "¤Test accuracy" in made(book, export)
    with zipfile.ZipFile(book.folder / "out/ja/epub/keras-book-ja.epub") as archive:
        assert "<dc:language>ja</dc:language>" in archive.read("content.opf").decode()
        assert "<h1>¤Contents</h1>" in archive.read("nav.xhtml").decode()
    tex = made(book, "latex/keras-book-ja.tex")
    for command in (
        r"\booktag{ja}",
        r"\bookprefacename{序文}",
        r"\bookchaptername{第 \thechapter 章}",
        r"\booktitle{Keras による機械学習：\\回顧と展望}",
        rf"\bookothertitle{{{LANGUAGES['zh'].full_title}\\{ENGLISH.full_title}}}",
        r"\bookpart{表と裏}",
    ):
        assert command in tex, command


def test_the_site_around_the_languages_offers_it(language, tmp_path):
    for code in LANGUAGES:
        (tmp_path / code).mkdir()
        (tmp_path / code / "index.html").write_text("<main></main>", encoding="utf-8")
    entry.write(tmp_path, BOOK / "_templates" / "entry", "")
    first, missing = ((tmp_path / name).read_text("utf-8") for name in ("index.html", "404.html"))
    assert 'const known = ["zh", "en", "ja"];' in first
    assert "<h2>Keras による機械学習：回顧と展望</h2>" in first
    assert '<section lang="ja">\n<h1>¤There is no such page</h1>' in missing
    assert "(zh|en|ja)" in missing
    assert 'hreflang="ja" href="a/ja/first.html"' in assemble._sitemap("a/", ["first"])


GLOSSARY = """\
parts:
- {en: A, zh: 甲, at: sec-a, is: {en: One., zh: 一。}}
"""
PAGE = "(sec-a)=\n# {}\n\n${}$\n"


def test_its_pages_and_its_terms_are_checked_against_the_original(language, project):
    titles = {"zh": "甲", "en": "A", "ja": "甲殻"}
    pages = {f"book/{code}/page.md": PAGE.format(title, "x") for code, title in titles.items()}
    entry = GLOSSARY.replace("甲,", "甲, ja: 甲殻,").replace("一。", "一。, ja: 壱")
    book = project({**pages, "book/glossary.yml": entry})
    assert [*parity.check(book), *terms.said(book)] == []
    book = project({"book/ja/page.md": PAGE.format("B", "y")})
    where = "book/zh/page.md:2: only in {}, section sec-a: equation {!r} (twin: book/ja/page.md:2)"
    assert list(parity.check(book)) == [where.format("zh", "x"), where.format("ja", "y")]
    (problem,) = terms.said(book)
    assert problem.startswith("book/glossary.yml:2: '甲殻' is never said in sec-a; ")
    with pytest.raises(PageError, match="'A' lacks ja, is/ja; write it"):
        next(terms.said(project({"book/glossary.yml": GLOSSARY})))


def test_its_characters_are_its_own(book):
    article = book.article("ja", "first")
    assert (
        "学習率は、更新の歩幅です。次元削減。" in article
    )  # no space where the source has a break
    assert "zh-CN" not in article
    assert re.search(r'lang="en"[^>]*>All models are wrong\.<', article)


def test_where_it_is_quoted_kana_tell_it_from_chinese(language):
    text = nodes.paragraph("", "", nodes.Text("Say 損失関数, or 学習率を下げる."))
    document = new_document("page")
    document += text
    config = SimpleNamespace(bookkit_language="en")
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), config=config)
    passages.mark_passages(app, document, "page")
    found = [(each["classes"], each.astext()) for each in document.findall(nodes.inline)]
    assert found == [(["language-zh-CN"], "損失関数"), (["language-ja"], "学習率を下げる")]


def test_its_pages_are_searched(book, tmp_path, monkeypatch):
    monkeypatch.setattr(sections, "BOOK", book.folder)  # whose glossary has no terms
    shutil.copytree(book.folder / "out" / "ja" / "html", tmp_path / "ja")
    assert search.write("ja", tmp_path, ["index", "first", "part/second"])
    index = json.loads((tmp_path / "ja/pagefind/pagefind-entry.json").read_text("utf-8"))
    assert list(index["languages"]) == ["ja"]
    assert "はじ" in (tmp_path / "ja/_static" / sections.FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("query", "heading"),
    [("損失関数とは", "損失関数の図"), ("はじめ", "はじめに"), ("layers", "Layer の図")],
)
def test_the_script_finds_its_sections(language, finder, monkeypatch, tmp_path, query, heading):
    monkeypatch.setattr(sections, "BOOK", tmp_path)
    headings = ["はじめに", "損失関数の図", "Layer の図", "その他"]
    assert finder(headings, query, language)[0] == heading


def test_style_sheets_mean_it_by_its_width(language):
    assert languages.name_in_style("h2:lang(full-width), p:lang(half-width) {}") == (
        "h2:lang(zh, ja), p:lang(en) {}"
    )
