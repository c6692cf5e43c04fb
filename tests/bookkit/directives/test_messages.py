"""Error messages: what a page shows is noted with its cure, listed, and handed to search."""

import json
import re
from types import SimpleNamespace

import pytest

from bookkit.directives.messages import Message, grouped, known

CELL = """
```{code-cell} ipython3
print("ValueError: units must be positive. Received: units=-3")
print("other  OSError: no such file 'a'")
```
"""
CURES = {
    "list": "- Give a `positive` number.\n"
    "- See {ref}`there <sec-index>` for $x$ {cite:p}`tiny2020`.",
    "table": "| says | cause | cure |\n|---|---|---|\n| `units must be` | sign | turn it |\n"
    "| `no such file 'b'` | gone | bring it |",
    "paragraph": "Read the\nmanual.",
}
LIST = """---
file_format: mystnb
kernelspec: {display_name: Python 3, language: python, name: python3}
---
(sec-messages)=
# Messages

```{messages}
```
"""


def with_messages(book, cure):
    """Let the second page show messages, and a third list them."""
    for language in ("en", "zh"):
        page = book.folder / language / "part" / "second.md"
        text = page.read_text(encoding="utf-8")
        told = f"{CELL}\n:::{{cures}}\n{cure}\n:::\n\nAnd {{message}}`disk is <b>full</b>`.\n"
        start = text.index("```{provenance}")
        page.write_text(text[:start] + told + "\n" + text[start:], encoding="utf-8")
        (page.parents[1] / "messages.md").write_text(LIST, encoding="utf-8")
        index = page.parents[1] / "index.md"
        text = index.read_text(encoding="utf-8")
        index.write_text(text.replace("part/second\n", "part/second\nmessages\n"), encoding="utf-8")


@pytest.fixture(scope="module")
def shown_book(make_book, tmp_path_factory):
    book = make_book(tmp_path_factory.mktemp("messages"))
    with_messages(book, CURES["list"])
    book.execute()
    book.warnings = {
        builder: book.build("en", builder).warning.getvalue()
        for builder in ("html", "notebook", "latex", "epub")
    }
    return book


def recure(book, cure):
    """Give other cures, build again, and return what is noted of the page and complained of."""
    page = book.folder / "en" / "part" / "second.md"
    text = page.read_text(encoding="utf-8")
    parts = re.split(r"(:::\{cures\}\n).*?(\n:::\n)", text, flags=re.DOTALL)
    page.write_text("".join([parts[0], parts[1], cure, parts[2], parts[3]]), encoding="utf-8")
    app = book.build("en", "html")
    return app.env.metadata["part/second"]["messages"], app.warning.getvalue()


def test_every_format_shows_the_cures_as_any_prose(shown_book):
    assert set(shown_book.warnings.values()) == {""}
    text = shown_book.article("en", "part/second")
    assert re.search(r"<li><p>Give a <code[^>]*>.*positive.*</code> number.</p></li>", text)
    assert re.search(r"<code class=\"message[^>]*>.*disk.*&lt;b&gt;full&lt;/b&gt;", text)


def test_the_list_has_each_message_below_its_type_with_cure_and_way(shown_book, tags):
    article = tags(shown_book.article("en", "messages"))
    heads = [head.get_text() for head in article.all("p", **{"class": "rubric"})]
    assert heads == ["OSError", "ValueError", "Without a type"]
    lists = article.all("ul", **{"class": "messages"})
    texts = [[line.get_text() for line in each.find_all("p")] for each in lists]
    assert texts == [
        ["no such file 'a'", "See there for x. → The second part › Inside"],
        [
            "units must be positive. Received: units=-3",
            "Give a positive number. → The second part › Inside",
        ],
        ["disk is <b>full</b>", "→ The second part › Inside"],
    ]
    assert {link["href"] for link in article.select("p.cure a")} == {"part/second.html#sec-2-1-3"}


def test_search_gets_type_text_and_place_those_with_a_cure_first(shown_book):
    path = shown_book.folder / "out" / "en" / "html" / "_static" / "messages-index.js"
    name, _, text = path.read_text(encoding="utf-8").partition(" = ")
    place = ["part/second.html#sec-2-1-3", "Inside", "The second part"]
    assert name == "window.bookMessages"
    assert json.loads(text.rstrip(";\n")) == [
        ["ValueError", "units must be positive. Received: units=-3", *place],
        ["OSError", "no such file 'a'", *place],
        ["", "disk is <b>full</b>", *place],
    ]


def test_paper_lists_them_too(shown_book):
    (path,) = (shown_book.folder / "out" / "en" / "latex").glob("keras-book-*.tex")
    text = path.read_text(encoding="utf-8")
    assert re.search(r"sphinxcode\{\\sphinxupquote\{units must be positive\. Received", text)


def test_cures_may_stand_in_a_table_or_be_one_for_all(shown_book):
    noted, warnings = recure(shown_book, CURES["table"])
    assert warnings == ""
    said = ["".join(text for _, text in each["cure"]) for each in noted]
    assert said == ["Sign; turn it", "Gone; bring it", ""]
    # The page that lists them was written again, though its own source is the same.
    assert "bring it" in shown_book.article("en", "messages")
    noted, warnings = recure(shown_book, CURES["paragraph"])
    assert warnings == ""
    assert [each["cure"] for each in noted] == [[("text", "Read the manual.")]] * 2 + [[]]


def test_a_paragraph_that_quotes_a_message_is_its_cure_and_of_none_above(shown_book):
    own = "If it says {message}`no room left`, make some {cite:p}`tiny2020`."
    noted, warnings = recure(shown_book, own)
    assert warnings == ""
    assert [bool(each["cure"]) for each in noted] == [False, False, True, False]
    noted, warnings = recure(shown_book, f"Wait.\n:::\n\n:::{{cures}}\n{own}")
    assert warnings == ""
    cures = {each["text"]: "".join(text for _, text in each["cure"]) for each in noted}
    assert cures == {
        "units must be positive. Received: units=-3": "Wait.",
        "no such file 'a'": "Wait.",
        "no room left": "If it says no room left, make some.",
        "disk is <b>full</b>": "",
    }


@pytest.mark.parametrize(
    ("cure", "said"),
    [
        ("- only one", "1 items for the 2 messages above"),
        ("| says | cure |\n|---|---|\n| `units must be` | sign |", 'no row is about "no such file'),
        ("one\n\ntwo", "one paragraph, list or table stands here"),
        ("one\n:::\n\n:::{cures}\ntwo", "no output above shows a message"),
    ],
)
def test_cures_that_do_not_fit_are_named(tiny_book, cure, said):
    with_messages(tiny_book, cure)
    tiny_book.execute()
    warnings = tiny_book.build("en", "html").warning.getvalue()
    assert said in warnings
    assert "second.md:" in warnings


def message(text, page="a", label="sec-a", type_="ValueError", **more):
    return Message(type_, text, label, "A", page=page, **more)


def test_a_section_with_a_cure_comes_first_and_one_message_before_a_list():
    cure = [("text", "Do it.")]
    shown = {
        "index": [],
        "b": [{"cure": [], "beside": 1}, {"cure": cure, "beside": 4}],
        "part/a": [{"cure": cure, "beside": 1}, {"cure": cure, "beside": 4}],
    }
    given = {"type": "ValueError", "text": "it failed", "label": "sec-x", "heading": "X"}
    env = SimpleNamespace(
        config=SimpleNamespace(root_doc="index"),
        toctree_includes={"index": ["b", "part/a"]},
        metadata={
            page: {"messages": [given | each for each in rows]} if rows else {}
            for page, rows in shown.items()
        },
    )
    order = [(each.page, bool(each.cure), each.beside) for each in known(env)]
    assert order == [("part/a", True, 1), ("b", True, 4), ("part/a", True, 4), ("b", False, 1)]


def test_messages_are_one_if_numbers_differ_or_names_within_a_section():
    long = "Input {} of layer 'a{}' is incompatible with it"
    messages = [
        message("No module named 'jax'"),
        message("No module named 'torch'"),
        message("No module named 'torch'", page="b"),
        message("No module named 'keras'", page="c"),
        message(f"'{long.format(0, 1)}"),
        message(long.format(5, 6), page="d"),
        message("No module named 'jax'", type_="ImportError"),
        message("disk is full", type_=""),
    ]
    found = [[(each.page, each.text[-8:]) for each in group] for group in grouped(messages)]
    assert found == [
        [("a", "ed 'jax'")],
        [("a", " with it"), ("d", " with it")],
        [("a", "ed 'jax'"), ("a", " 'torch'"), ("b", " 'torch'")],
        [("c", " 'keras'")],
        [("a", " is full")],
    ]
