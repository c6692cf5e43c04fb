"""Breaks of lines in Chinese."""

import re
from types import SimpleNamespace

import pytest
from docutils.core import publish_doctree
from myst_parser.docutils_ import Parser

from bookkit.text import lines


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**粗体。**\nKeras 在前。\n后一句。", "粗体。Keras 在前。后一句。"),
        ("第一句。\n第二句 AP\n第三句。\n第四句。", "第一句。第二句 AP\n第三句。第四句。"),
        ("`代码`\nKeras，\n再来。", "代码\nKeras，再来。"),
        ("一句在字\n中间断开 Keras\n一次", "一句在字中间断开 Keras\n一次"),
        ("字\n字 AP\n字\nKeras", "字字 AP\n字\nKeras"),
    ],
)
def test_each_break_is_judged_by_its_own_neighbors(written, read, monkeypatch):
    # a break that stays must not decide for those after it, nor an empty node hide what is before
    settings = {"report_level": 5}
    document = publish_doctree(written, parser=Parser(), settings_overrides=settings)
    transform = lines.JoinLines(document)
    config = property(lambda self: SimpleNamespace(bookkit_language="zh"))
    monkeypatch.setattr(lines.JoinLines, "config", config, raising=False)
    transform.apply()
    assert document.astext() == read


def test_a_page_loses_its_breaks_where_no_spaces_part_words(small_page):
    source = "# 题\n\n第一句。\n第二句在\n中间。\n\n```text\n一。\n二。\n```\n\nOne,\ntwo 。\n三\n"
    text = small_page("zh", source)
    assert "<p>第一句。第二句在中间。</p>" in text
    assert "<p>One,\ntwo 。三</p>" in text
    assert "一。\n二。\n" in re.sub("<[^>]*>", "", text)
    kept = re.sub("<[^>]*>", "", small_page("en", source))
    assert "第一句。\n第二句在\n中间。" in kept
