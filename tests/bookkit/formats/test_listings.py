"""Folded cells in print: a line where they ran, and an appendix that holds their code once."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.util import texescape

from bookkit.formats import listings
from bookkit.languages import LANGUAGES

SUMMARIES = {"en": "Adds one and one, and says so.", "zh": "把一和一相加，再说出来。"}
languages = pytest.mark.parametrize("language", SUMMARIES)


def printed(book, language):
    path = book.folder / "out" / language / "latex" / f"keras-book-{language}.tex"
    return path.read_text(encoding="utf-8")


@languages
def test_a_line_in_the_chapter_leads_to_its_code_in_the_appendix_and_back(built_book, language):
    text = printed(built_book, language)
    line = text.index(rf"\bookfold{{fold-1-0}}{{{SUMMARIES[language]}}}{{1}}")
    output = text.index("cell_output", line)
    begin, end = text.index(r"\bookbeginlistings"), text.index(r"\bookendlistings")
    head = text.index(rf"\booklisting{{1}}{{{SUMMARIES[language]}}}{{\pageref{{fold-1-0}}}}")
    assert line < output < begin < head < text.index("total", head) < end
    assert "total" not in text[line:begin]
    assert text.count(r"\bookfold{") == text.count(r"\booklisting{") == 1


@languages
def test_the_appendix_is_a_chapter_whose_parts_are_named_like_the_pages(built_book, language):
    text = printed(built_book, language)
    word = {"en": "Listings", "zh": "代码清单"}[language]
    title = {"en": "The second part", "zh": "第二部分"}[language]
    appendix = text[text.index(r"\bookbeginlistings") : text.index(r"\bookendlistings")]
    assert rf"\chapter{{{word}}}" in appendix
    assert re.findall(r"\\booklistingsof\{(.*?)\}", appendix) == [title]


def folded(code, summary, *outputs):
    box = nodes.container("", nodes.container("", nodes.literal_block(code, code)))
    box["summary"] = summary
    if outputs:
        box += nodes.container("", *(nodes.literal_block(text, text) for text in outputs))
    return box


def chapter(title, *children):
    section = nodes.section("", nodes.title("", title), *children)
    return addnodes.start_of_file("", section, docname=title)


@pytest.fixture
def transformed():
    """Return a function that makes a book of nodes and moves its folds."""

    texescape.init()  # which a builder does

    def transform(*pages):
        document = new_document("<book>")
        document += nodes.section("", nodes.title("", "The book"), *pages)
        config = SimpleNamespace(bookkit_language="en")
        document.settings.env = SimpleNamespace(config=config)
        listings.Folds(document).run()
        return document

    return transform


def heads(document):
    """Return number, summary and uses of each listing."""
    text = "\n".join(node.astext() for node in document.findall(nodes.raw))
    found = re.findall(r"\\booklisting\{(\d+)\}\{(.*?)\}\{(.*)\}", text)
    return [(number, summary, re.findall(r"fold-[\d-]+", uses)) for number, summary, uses in found]


def test_code_that_chapters_share_is_printed_once_and_names_all_uses(transformed):
    one = chapter("One", folded("x = 1", "First."), folded("y = 2", "Other."))
    document = transformed(one, chapter("Two", folded("x = 1", "Second.")))
    assert heads(document) == [
        ("1", "First.", ["fold-1-0", "fold-1-1"]),
        ("2", "Other.", ["fold-2-0"]),
    ]
    assert [block.astext() for block in document.findall(nodes.literal_block)] == ["x = 1", "y = 2"]
    lines = [node.astext() for node in document.findall(nodes.raw) if "bookfold" in node.astext()]
    assert lines[2].endswith(r"\bookfold{fold-1-1}{Second.}{1}")


def test_the_appendix_stands_before_the_references_which_tex_gathers_at_the_end(transformed):
    references = chapter("References", nodes.citation("", nodes.label("", "a")))
    document = transformed(chapter("One", folded("x = 1", "First.")), references)
    book = document[0]
    places = [book.index(node) for node in book.children if node.get("ids") == ["listings"]]
    assert places[0] < book.index(references)
    assert book.index(references) == len(book) - 1


def test_without_references_it_ends_the_book_and_without_folds_there_is_none(transformed):
    document = transformed(chapter("One", folded("x = 1", "First.")))
    assert document[0][-1].astext() == r"\bookendlistings"
    assert "listings" not in str(transformed(chapter("One", nodes.paragraph("", "text"))))


def test_a_fold_of_the_first_page_belongs_to_the_preface(transformed):
    document = transformed(folded("x = 1", "First."), chapter("One"))
    text = "\n".join(node.astext() for node in document.findall(nodes.raw))
    assert rf"\booklistingsof{{{LANGUAGES['en'].print.preface}}}" in text


def test_what_a_summary_says_is_text_to_tex(transformed):
    ((_, summary, _),) = heads(transformed(chapter("One", folded("x = 1", "50% of a_b & c."))))
    assert summary == r"50\% of a\_b \& c."


def test_the_line_keeps_room_for_what_the_code_prints(transformed):
    cells = folded("x", "A."), folded("y", "B.", "1\n2\n3"), folded("z", "C.", "1\n" * 99)
    document = transformed(chapter("One", *cells))
    text = "\n".join(node.astext() for node in document.findall(nodes.raw))
    needed = re.findall(r"\\needspace\{(\d+)pt\}\\bookfold", text)
    assert needed == ["30", "87", "107"]  # 3 lines, and the first 5 of many


@languages
def test_an_epub_has_the_code_at_the_end_of_the_page_with_links_there_and_back(
    built_book, language, tags
):
    path = built_book.folder / "out" / language / "epub" / "part" / "second.xhtml"
    page = tags(path.read_text(encoding="utf-8"))
    (line,) = page.all("p", **{"class": "fold"})
    assert line.get_text().startswith(SUMMARIES[language])
    head = page.find(id=line.a["href"].removeprefix("#"))
    assert head.a["href"] == f"#{line['id']}"
    assert "total = 1 + 1" in head.find_next("pre").get_text()
    (word,) = (
        each for each in page.all("h2") if LANGUAGES[language].words["listings"] in each.text
    )
    assert word.parent == head.parent
    assert not line.find_next_sibling().find("pre", string=re.compile("total"))
    assert "cell_output" in line.find_next_sibling().decode()
    assert not page.all("details", **{"class": "hide"})
