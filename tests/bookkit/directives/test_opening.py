"""What the first page says of the book, and the lines of code that it shows."""

import re

import pytest

from bookkit.directives import opening

BODY = """
(sec-front)=
# Front

With numpy {fact}`numpy`, {fact}`chapters` chapters, {fact}`cells` cells.

:::{statement} total
It *adds*.
:::

```{code-cell} ipython3
parts = [1, 2]
```

```{code-cell} ipython3
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
MORE = "\n```{code-cell} ipython3\nprint(1)\n```\n"


@pytest.fixture(scope="module")
def book(make_book, tmp_path_factory, page_text):
    """Build the tiny book with such a page."""
    book = make_book(tmp_path_factory.mktemp("opening"))
    for language in ("en", "zh"):
        (book.folder / language / "front.md").write_text(page_text(BODY), encoding="utf-8")
    book.execute()
    book.build("en")
    return book


def counted(book):
    found = re.search(
        r"With numpy 2\.0, (\d+) chapters, (\d+) cells\.",
        book.article("en", "front"),
    )
    return [int(number) for number in found.groups()]


def test_counts_are_those_of_the_pages_and_follow_them(book):
    pages = [page.read_text("utf-8") for page in (book.folder / "en").rglob("*.md")]
    with_cells = [page for page in pages if "{code-cell}" in page]
    cells = sum(page.count("{code-cell}") - page.count("remove-cell") for page in pages)
    assert counted(book) == [len(with_cells), cells]
    for language in ("en", "zh"):
        page = book.folder / language / "part" / "second.md"
        page.write_text(page.read_text("utf-8") + MORE, encoding="utf-8")
    book.execute()
    book.build("en")
    assert counted(book) == [len(with_cells), cells + 1]


def test_the_site_shows_a_statement_ahead_of_its_cell_and_other_formats_do_not(book, tags):
    first, *_ = tags(book.article("en", "front")).all("pre")
    assert first.get_text().strip() == "total = sum(\n    parts,\n)"
    assert "<p>It <em>adds</em>.</p>" in book.article("en", "front")
    book.build("en", "notebook")
    (path,) = (book.folder / "out" / "en" / "notebook").rglob("front.ipynb")
    text = path.read_text(encoding="utf-8")
    assert text.count("total = sum(") == 1
    assert "adds" not in text


def test_a_name_that_is_nothing_is_named(book):
    page = book.folder / "en" / "front.md"
    text = page.read_text(encoding="utf-8")
    try:
        wrong = text.replace("`numpy`", "`weather`").replace("{statement} total", "{statement} sky")
        page.write_text(wrong, encoding="utf-8")
        told = book.build("en", out="wrong").warning.getvalue()
    finally:
        page.write_text(text, encoding="utf-8")
    assert "fact: expected chapters, cells or a package of this page's run. Rec" in told
    assert "Received: weather" in told
    assert "statement: no cell of this page binds 'sky'" in told


def test_the_first_statement_that_binds_a_name_counts():
    source = "a, b = 1, 2\nc = d = (\n  3)\nc = 4\n"
    assert opening.binding(source, "d") == "c = d = (\n  3)"
    assert opening.binding(source, "a") == opening.binding(source, "e") == ""
