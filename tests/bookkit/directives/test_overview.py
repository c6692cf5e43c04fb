"""What a page does, step by step, and how long that takes."""

import json
import re

import pytest

from bookkit.running import seconds

BODY = "(sec-b)=\n# B\n\n:::{{overview}}\n{}\n:::\n"


@pytest.fixture
def build(tiny_book, write_page, tmp_path, monkeypatch):
    """Return a function that builds a page with an overview, whose recorded time is 43.7 s."""
    record = tmp_path / "record.json"
    record.write_text(json.dumps({"part/second": 43.7}), encoding="utf-8")
    monkeypatch.setattr(seconds, "RECORD", record)

    def write(text, language="en"):
        write_page(tiny_book.folder / language / "part" / "second.md", BODY.format(text))
        return tiny_book.build(language)

    return write


@pytest.mark.parametrize(
    ("language", "sentence", "link"),
    [
        (
            "en",
            "On two cores, all cells of this page take about 40 seconds.",
            "Open this page as a notebook",
        ),
        ("zh", "在两个核心上，本页全部代码约需 40 秒。", "以笔记本打开本页"),
    ],
)
def test_the_list_is_followed_by_the_recorded_time_and_the_notebook(
    build, tiny_book, language, sentence, link
):
    app = build("1. [First](#sec-b): one.\n2. [Second](#sec-b): two.", language)
    page = (tiny_book.folder / "out" / language / "html" / "part" / "second.html").read_text(
        "utf-8"
    )
    link = re.escape(f'href="../notebooks/part/second.ipynb">{link}</a></p>')
    assert re.search(rf"</ol>\s*<p>{sentence}</p>\s*<p><a [^>]*{link}", page)
    assert "overview" not in app.warning.getvalue()


@pytest.mark.parametrize("text", ["Words.", "- First.", "1. First.\n\nWords."])
def test_anything_but_one_numbered_list_is_a_problem(build, text):
    assert "overview: one numbered list stands here" in build(text).warning.getvalue()
