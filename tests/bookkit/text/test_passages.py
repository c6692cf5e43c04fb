"""Which passages are marked as being in the other language."""

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
