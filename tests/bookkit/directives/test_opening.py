"""What the first page says of the book, and the lines of code that it shows."""

import re

import pytest

from bookkit.directives import opening

BODY = """(sec-front)=
# Front

By {fact}`author`, numpy {fact}`numpy`, {fact}`chapters` chapters, {fact}`cells` cells.

:::{statement} total
:::

```{code-cell} ipython3
parts = [1,
         2]
total = sum(
    parts,
)
print(total)
```

```{code-cell} ipython3
:tags: [remove-cell]
unseen = 1
```
"""


@pytest.fixture(scope="module")
def book(make_book, tmp_path_factory, request):
    """Build the tiny book with such a page."""
    book = make_book(tmp_path_factory.mktemp("opening"))
    front = "---\nfile_format: mystnb\nkernelspec: {display_name: Python 3, language: python, name: python3}\n---\n"
    for language in ("en", "zh"):
        (book.folder / language / "front.md").write_text(front + BODY, encoding="utf-8")
        index = book.folder / language / "index.md"
        text = index.read_text(encoding="utf-8")
        index.write_text(text.replace("\nfirst\n", "\nfirst\nfront\n", 1), encoding="utf-8")
    book.execute()
    book.warnings = book.build("en").warning.getvalue()
    return book


def test_counts_and_versions_are_those_of_this_build(book):
    assert book.warnings == ""
    pages = (book.folder / "en").rglob("*.md")
    cells = [cell for page in pages for cell in re.findall(CELL, page.read_text("utf-8"))]
    chapters = {"first.md", "part/second.md", "front.md"}
    seen = len([cell for cell in cells if "remove-cell" not in cell])
    assert (
        f"By The authors of this book, numpy 2.0, {len(chapters)} chapters, {seen} cells."
        in book.article("en", "front")
    )


CELL = re.compile(r"^```\{code-cell\}.*?^```", re.MULTILINE | re.DOTALL)


def test_the_count_follows_other_pages(book):
    before = int(re.search(r"(\d+) cells\.", book.article("en", "front"))[1])
    page = book.folder / "en" / "part" / "second.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text + "\n```{code-cell} ipython3\nprint(1)\n```\n", encoding="utf-8")
    (book.folder / "zh" / "part" / "second.md").write_text(
        (book.folder / "zh" / "part" / "second.md").read_text("utf-8")
        + "\n```{code-cell} ipython3\nprint(1)\n```\n",
        encoding="utf-8",
    )
    book.execute()
    book.build("en")
    assert f"{before + 1} cells." in book.article("en", "front")


def test_the_site_shows_the_statement_before_its_cell(book, tags):
    blocks = tags(book.article("en", "front")).all("pre")
    assert [block.get_text().rstrip("\n") for block in blocks[:1]] == [
        "total = sum(\n    parts,\n)"
    ]


def test_other_formats_show_it_in_its_cell_only(book):
    book.build("en", "notebook")
    (path,) = (book.folder / "out" / "en" / "notebook").rglob("front.ipynb")
    assert path.read_text(encoding="utf-8").count("total = sum(") == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "{fact}`author`",
            "fact: expected author, chapters, cells or a package of this page's run. Received: auhtor",
        ),
        ("{statement} total", "statement: no cell of this page binds 'auhtor'"),
    ],
)
def test_a_name_that_is_nothing_is_named(book, wrong, told):
    page = book.folder / "en" / "front.md"
    text = page.read_text(encoding="utf-8")
    try:
        last = re.split(r"[` ]+", wrong.rstrip("`"))[-1]
        page.write_text(text.replace(wrong, wrong.replace(last, "auhtor")), encoding="utf-8")
        assert told in book.build("en", out="wrong").warning.getvalue()
    finally:
        page.write_text(text, encoding="utf-8")


def test_the_first_statement_that_binds_a_name_counts():
    source = "a, b = 1, 2\nc = d = (\n  3)\nc = 4\n"
    assert opening.binding(source, "d") == "c = d = (\n  3)"
    assert opening.binding(source, "a") == opening.binding(source, "e") == ""
