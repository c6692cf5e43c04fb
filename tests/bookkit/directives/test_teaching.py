"""Folded cells, explained lines, and the box about the article, in each format."""

import json
import re

import pytest

SUMMARIES = {"en": "Adds one and one, and says so.", "zh": "把一和一相加，再说出来。"}
languages = pytest.mark.parametrize("language", SUMMARIES)


def written(book, language, builder, name):
    return (book.folder / "out" / language / builder / name).read_text(encoding="utf-8")


@languages
def test_a_folded_cell_shows_one_line_and_its_output(built_book, language):
    text = built_book.article(language, "part/second")
    (fold,) = re.findall(r"<details class=\"admonition hide.*?</details>", text, re.DOTALL)
    assert " open" not in fold[: fold.index(">")]
    assert f'collapsed admonition-title">{SUMMARIES[language]}</p>' in fold
    assert "# ①" in fold
    assert "cell_output" not in fold
    assert text.count("cell_output") == 2


@languages
def test_a_notebook_hides_the_source_of_a_folded_cell_below_its_line(built_book, language):
    notebook = json.loads(written(built_book, language, "notebook", "part/second.ipynb"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    (place,) = (i for i, source in enumerate(sources) if "total = 1" in source)
    line, cell = notebook["cells"][place - 1 : place + 1]
    assert sources[place - 1] == f"*{SUMMARIES[language]}*"
    assert cell["metadata"] == {"cellView": "form", "jupyter": {"source_hidden": True}}
    others = [each["metadata"] for each in notebook["cells"] if each not in (line, cell)]
    assert {} in others
    assert cell["metadata"] not in others


@languages
def test_the_article_has_a_box_with_the_word_of_the_language(built_book, language):
    text = built_book.article(language, "part/second")
    box = text[text.index('<div class="article-box admonition">') :]
    word = {"en": "The article", "zh": "原文对照"}[language]
    assert box.startswith(
        f'<div class="article-box admonition">\n<p class="admonition-title">{word}</p>'
    )


def test_only_lists_that_explain_lines_are_marked(built_book):
    text = built_book.article("en", "part/second")
    assert re.findall(r'<ul class="([^"]*callouts[^"]*)">\n<li><p>①', text) == ["callouts simple"]
    assert "callouts" not in built_book.article("en", "first")


def test_a_fold_without_a_cell_below_is_a_problem(tiny_book, write_page):
    body = ":::{fold} Nothing.\n:::\n\nWords.\n"
    write_page(tiny_book.folder / "en" / "part" / "second.md", f"(sec-b)=\n# B\n\n{body}")
    tiny_book.execute()
    app = tiny_book.build("en")
    assert re.search(r"part/second\.md:9: .*fold: no code cell below", app.warning.getvalue())
