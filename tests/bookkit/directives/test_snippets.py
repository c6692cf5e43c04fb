"""The list of snippets: on the site with links and buttons, short on paper, elsewhere a table."""

import re

import pytest

CODE = '''\
import math

HALF = 0.5


def root(value, *, scale: float = 1.0):
    """Return the root of `value`.

    Not shown.
    """
    return math.sqrt(value) * scale


class Box:
    """Hold <b> & "quotes"."""

    def side(self):
        return root(2)
'''
PAGE = """
(sec-third)=
# The third `page`

Words.

(sec-inside)=
## Inside *it*

```{code-cell} ipython3
import math

# %include more root Box HALF
```
"""
LIST = """
(sec-snippets)=
# Snippets

```{snippets}
```
"""


@pytest.fixture(scope="module")
def book(make_book, tmp_path_factory, write_page):
    book = make_book(tmp_path_factory.mktemp("snippets"))
    (book.folder / "code" / "more.py").write_text(CODE, encoding="utf-8")
    for language in ("en", "zh"):
        write_page(book.folder / language / "part" / "third.md", PAGE)
        write_page(book.folder / language / "snippets.md", LIST)
        index = book.folder / language / "index.md"
        text = index.read_text("utf-8").replace("\nfirst\n", "\nfirst\npart/third\nsnippets\n")
        index.write_text(text, encoding="utf-8")
    book.execute()
    book.said = {
        (language, builder): book.build(
            language, builder, bookkit_tests={"root": "test_more.html#root"}
        ).warning.getvalue()
        for language, builder in (
            ("en", "html"), ("zh", "html"), ("en", "epub"), ("en", "latex"), ("en", "notebook"),
        )
    }  # fmt: skip
    return book


@pytest.fixture
def snippets(book, tags):
    """Return the entries of the list in a language."""

    def found(language="en"):
        page = tags(book.article(language, "snippets"))
        return {item["id"]: item for item in page.select("ul.snippets > li")}

    return found


def test_nothing_warns(book):
    assert set(book.said.values()) == {""}


def test_every_function_stands_below_its_chapter(book, snippets, tags):
    assert list(snippets()) == ["snippet-double", "snippet-root", "snippet-Box"]
    sections = tags(book.article("en", "snippets")).select("section section")
    assert [each["id"] for each in sections] == ["snippets-first", "snippets-part-third"]
    assert [each.h2.find(string=True) for each in sections] == ["First things", "The third page"]


def test_an_entry_says_how_what_and_where(snippets):
    name, button, does, more = snippets()["snippet-root"].find_all(recursive=False)
    assert name.get_text() == "root(value, *, scale=1.0)"
    assert name.a["href"] == "part/third.html#def-root"
    assert button["data-program"] == "root"
    assert button["data-from"].startswith("../programs/part/third.js?v=")
    assert does.get_text() == "Return the root of value."
    assert does.code.get_text() == "value"
    assert [(link["href"], link.get_text()) for link in more.select("a")] == [
        ("part/third.html#sec-inside", "Inside it"),
        ("../tests/test_more.html#root", "Tests"),
        ("../programs/root.py", "Program"),
    ]
    assert more.select_one(".snippet-needs").get_text() == "Needs math"


def test_what_a_docstring_says_is_text_and_what_is_needed_leads_to_its_entry(snippets):
    box = snippets()["snippet-Box"]
    assert box.select_one(".snippet-does").get_text() == "Hold <b> & “quotes”."
    needs = box.select_one(".snippet-needs")
    assert [link["href"] for link in needs.select("a")] == ["#snippet-root"]
    assert "Tests" not in box.get_text()  # it has none
    assert snippets("zh")["snippet-Box"].select_one(".snippet-needs").get_text() == "用到：root"


def test_paper_has_a_line_for_each_and_the_page_that_explains_it(book):
    (path,) = (book.folder / "out" / "en" / "latex").glob("*.tex")
    text = path.read_text("utf-8")
    entries = re.findall(r"sphinxupquote\{(\w+)\}\} (.*)\\booksnippet\{(.*)\}", text)
    assert [(name, section) for name, _, section in entries] == [
        ("double", "first:sec-first"),
        ("root", "part/third:sec-inside"),
        ("Box", "part/third:sec-inside"),
    ]
    assert entries[0][1] == "Return twice the value."
    for _, _, section in entries:
        assert rf"\label{{\detokenize{{{section}}}}}" in text


def test_elsewhere_a_table_stands_for_the_list(book):
    (path,) = (book.folder / "out" / "en" / "epub").rglob("snippets.xhtml")
    text = path.read_text("utf-8")
    for word in ("What it does", "Explained in", "Hold", "Inside"):
        assert word in text
    for word in ("copy-program", "Copy with imports", "programs/root.py"):
        assert word not in text


def test_the_list_follows_the_pages_and_the_code(book, snippets):
    page = book.folder / "en" / "part" / "third.md"
    page.write_text(page.read_text("utf-8").replace("Inside *it*", "Moved"), encoding="utf-8")
    module = book.folder / "code" / "more.py"
    module.write_text(CODE.replace("scale: float = 1.0", "factor: float = 1.0"), encoding="utf-8")
    book.execute()
    assert "snippets" in book.updated(book.build("en"))
    root = snippets()["snippet-root"].get_text()
    assert "factor=1.0" in root
    assert "Moved" in root
