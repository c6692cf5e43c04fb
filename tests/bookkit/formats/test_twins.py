"""Pages as Markdown for machines: outputs, pictures, links and the list."""

import re

import pytest
from nbformat import v4

from bookkit.formats import twins
from bookkit.languages import LANGUAGES


@pytest.fixture(scope="module")
def twin(built_book):
    """Return a function that reads a page of the tiny book in English as Markdown."""

    def read(name):
        path = built_book.folder / "out" / "en" / "twin" / f"{name}.html.md"
        return path.read_text(encoding="utf-8")

    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_written_without_a_warning(built_book, language):
    assert built_book.warnings[language, "twin"] == ""
    out = built_book.folder / "out" / language / "twin"
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.md"))
    assert found == ["first.html.md", "index.html.md", "part/second.html.md"]


def test_a_page_begins_with_its_title_and_what_it_is_about(twin):
    title, about, *_ = twin("part/second").split("\n\n")
    assert title == '# The second part §2.1.2 <a id="sec-2-1-2"></a>'
    assert about == "> What the second page says."


def test_a_cell_stands_with_what_it_printed(twin):
    assert "SEED = 11\nprint(double(21), SEED)\n```\n\n```text\n42 11\n```\n\n" in twin("first")
    assert "glue(" not in twin("first")


def test_a_figure_links_to_the_picture_of_the_site(built_book, twin):
    ((alt, address),) = re.findall(r"!\[(.*?)\]\((.*?)\)", twin("first"))
    assert alt == "One dot"
    assert (built_book.folder / "out" / "en" / "html" / address).is_file()
    assert f"({address})\n\n**Fig. 1** A dot, larger than *life*" in twin("first")


def test_links_lead_to_other_pages_as_markdown(twin):
    assert "Back to [the picture](../first.html.md#sec-picture)" in twin("part/second")
    assert "[A tiny book](../index.html.md#sec-index)" in twin("part/second")


def test_answers_are_open(twin):
    assert "\n\n**The answer**\n\nIt is $42$.\n\n- because\n" in twin("first")
    assert "<details>" not in twin("first")


def test_a_drawing_is_told_in_words(twin):
    assert re.search(r'<a id="fig-flow"></a>\*[^*]+\*\n\n\*\*Fig\. \d\*\* ', twin("part/second"))


def test_what_a_cell_printed_is_text_and_no_picture():
    cell = v4.new_code_cell(
        "f()",
        outputs=[
            v4.new_output("stream", name="stdout", text="1\n"),
            v4.new_output("display_data", data={"image/png": "iVB", "text/plain": "<Figure>"}),
            v4.new_output("execute_result", data={"text/plain": "7"}, execution_count=1),
        ],
    )
    assert list(twins.printed(cell)) == ["1\n", "7"]
    assert list(twins.printed(v4.new_markdown_cell("x"))) == []


def test_older_markdown_leaves_the_site(tmp_path):
    made, folder = tmp_path / "made", tmp_path / "site"
    for name in ("made/part/new", "site/part/new", "site/part/old"):
        path = tmp_path / f"{name}.html.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    twins.place(made, folder)
    (placed,) = folder.rglob("*.md")
    assert placed.read_text(encoding="utf-8") == "made/part/new"


INDEX = """\
---
title: {title}
description: About {title}.
---
(sec-index)=
# {title}

```{{toctree}}
:hidden:

start
```

```{{toctree}}
:caption: Part
part/one
```
"""
PAGE = "---\ntitle: A `b`\ndescription: What it holds.\n---\n(sec-{name})=\n# A\n"


@pytest.mark.parametrize("base", ["", "https://example.org/book/"])
def test_the_list_names_every_page_in_reading_order(project, tmp_path, base):
    files = {}
    for language in LANGUAGES:
        files[f"book/{language}/index.md"] = INDEX.format(title=language.upper())
        for name in ("start", "part/one"):
            files[f"book/{language}/{name}.md"] = PAGE.format(name=name)
    twins.write_list(tmp_path, project(files), base)
    text = (tmp_path / "llms.txt").read_text(encoding="utf-8")
    title, about, *_ = text.split("\n\n")
    assert re.fullmatch(r"# .+ / .+", title)
    assert about.startswith("> ")
    english = text[text.index("## English: Start here") :]
    assert english == (
        "## English: Start here\n\n"
        f"- [EN]({base}en/index.html.md): About EN.\n"
        f"- [A \\`b\\`]({base}en/start.html.md): What it holds.\n\n"
        "## English: Part\n\n"
        f"- [A \\`b\\`]({base}en/part/one.html.md): What it holds.\n"
    )
    assert re.findall(r"^## (.*)$", text, re.M)[0] == "中文: 从这里开始"
