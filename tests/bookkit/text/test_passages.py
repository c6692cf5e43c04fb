"""Which passages are marked as being in the other language."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from bookkit.text.passages import mark_passages


def marked(language: str, *children: nodes.Node, builder: str = "html") -> list[tuple[str, str]]:
    """Mark a paragraph on a page of a language; give each tag and the words it was put on."""
    document = new_document("<page>")
    document += nodes.paragraph("", "", *children)
    app = SimpleNamespace(
        builder=SimpleNamespace(format=builder), config=SimpleNamespace(bookkit_language=language)
    )
    mark_passages(app, document, "page")
    return [
        (name.removeprefix("language-"), each.astext())
        for each in document.findall(nodes.Element)
        for name in each.get("classes", [])
    ]


def test_each_run_of_chinese_on_an_english_page_is_marked():
    found = marked("en", nodes.Text("By 作者, “Keras 中的学习：回顾” (in Chinese), 博客"))
    assert found == [("zh-CN", "作者"), ("zh-CN", "中的学习：回顾"), ("zh-CN", "博客")]


def test_latin_words_within_a_chinese_title_stay_in_it():
    assert marked("en", nodes.Text("see 用 Keras 学习")) == [("zh-CN", "用 Keras 学习")]


def test_chinese_in_code_is_left_alone():
    assert marked("en", nodes.literal("", "print('中文')")) == []


def test_english_from_end_to_end_is_marked_on_a_chinese_page():
    for words in ("Deep residual learning", "3 of 4"):
        assert marked("zh", nodes.Text(words)) == [("en", words)]


@pytest.mark.parametrize(
    "child",
    [
        nodes.Text("用 Keras 训练"),
        nodes.Text("0.95 ± 0.01"),
        nodes.Text("A, B: 3"),
        nodes.math("", r"\mathrm{relu}"),
    ],
    ids=["a name in Chinese", "numbers", "letters", "a formula"],
)
def test_what_is_not_english_is_left_alone(child):
    assert marked("zh", child) == []


def test_only_pages_that_a_browser_shows_are_marked():
    assert marked("en", nodes.Text("作者"), builder="latex") == []


def test_code_in_chinese_is_marked_as_a_whole_on_an_english_page():
    code = nodes.literal_block("", "print('中文')")
    assert marked("en", code) == [("zh-CN", "print('中文')")]
    assert marked("en", nodes.literal_block("", "print('text')")) == []
    assert marked("zh", nodes.literal_block("", "print('text')")) == [
        ("en", "print('text')"), ("en", "print('text')"),
    ]  # fmt: skip


def test_chinese_within_what_stands_in_code_is_left_alone():
    emphasis = nodes.emphasis("", "", nodes.strong("", "中文"))
    assert marked("en", nodes.literal("", "", emphasis)) == []
    assert marked("en", nodes.strong("", "", nodes.emphasis("", "中文"))) == [("zh-CN", "中文")]


def test_a_formula_between_words_makes_no_passage_english():
    formula = nodes.math("", "xy")
    assert marked("zh", nodes.Text("A "), formula, nodes.Text(" b")) == []
    assert marked("zh", nodes.Text("Of "), formula) == [("en", "Of xy")]


def test_a_text_keeps_all_of_its_characters():
    for text in ("中", "a中b", "中文 a", "a 中文", "中文 a 中文 — b 中"):
        paragraph = nodes.paragraph("", text)
        document = new_document("<page>")
        document += paragraph
        app = SimpleNamespace(
            builder=SimpleNamespace(format="html"), config=SimpleNamespace(bookkit_language="en")
        )
        mark_passages(app, document, "page")
        assert paragraph.astext() == text
        assert all(each.astext() for each in paragraph.children)


def test_the_list_of_citations_is_a_list_to_screen_readers(small_page):
    entries = [
        f"@misc{{a{n}, author = {{One, A.}}, title = {{T}}, year = {{200{n}}}}}" for n in "123"
    ]
    text = small_page(
        "en", "# 中文\n\n{cite:p}`a1,a2,a3`\n\n```{bibliography}\n```\n\nEnd\n", "\n".join(entries)
    )
    assert '<h1><span lang="zh-CN">中文</span>' in text
    (opened,) = re.findall(r'<div role="list" class="citation-list">\n(.*)', text, re.DOTALL)
    assert len(re.findall(r'<div class="citation" id="[^"]*" role="listitem">\n', opened)) == 3
    assert re.search(r"2003\.</p>\n</div>\n</div>\n</div>\n<p>End</p>", opened)
    assert re.search(r"2002\.</p>\n</div>\n<div class", opened)
