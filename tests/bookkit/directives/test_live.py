"""Live figures: data for a script on the site, a picture everywhere else."""

import json
import re
import shutil

import pytest

from bookkit.errors import PageError
from bookkit.paths import CODE

DATA = {"name": "</script><b>", "words": "数", "numbers": [1, 2]}
DOT = r"<img alt=\"A dot\" src=\"data:image/png;base64,"  # in a notebook, which is JSON
GLUED = f"""
```{{code-cell}} ipython3
:tags: [remove-cell]
glue("data", {json.dumps(DATA)!r}, display=False)
glue("number", 3, display=False)
```
"""
FIGURE = """
:::{live-figure} digit
:name: fig-live
:data: %s
:alt: A dot
Draw here.
:::
"""
WRONG = """
```{code-cell} ipython3
# %include live LARGEST pack_array write_network

import base64
import json

import numpy as np

weights = [np.ones((65, 3)), np.ones(3), np.ones((3, 10)), np.ones(10)]
write_network([pack_array(each) for each in weights], [])
```
"""


def with_figure(book, name):
    """Put a live figure after the picture of the first page."""
    for language in ("en", "zh"):
        page = book.folder / language / "first.md"
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"```\{cell-figure\}.*?```\n", lambda _: FIGURE % name, text, flags=re.DOTALL)
        text = text.replace("{numref}`fig-dot`", "{numref}`fig-live`")
        start = text.index("```{code-cell} ipython3\nimport base64")
        page.write_text(text[:start] + GLUED.lstrip() + "\n" + text[start:], encoding="utf-8")


@pytest.fixture(scope="module")
def live_book(make_book, tmp_path_factory):
    book = make_book(tmp_path_factory.mktemp("live"))
    with_figure(book, "data")
    book.execute()
    book.warnings = {name: book.build("en", name).warning.getvalue() for name in ("html", "epub")}
    return book


def test_the_site_carries_the_data_beside_the_picture(live_book, tags):
    assert live_book.warnings["html"] == ""
    text = live_book.article("en", "first")
    (figure,) = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    (box,) = tags(figure).all("div", **{"data-live": "digit"})
    assert box["class"] == ["live"]
    assert '<span class="caption-number">Fig. 1 </span>' in figure
    assert "Draw here." in figure
    (image,) = tags(figure).all("img")
    assert image["alt"] == "A dot"
    (script,) = re.findall(r"<script type=\"application/json\">(.*?)</script>", figure)
    assert json.loads(script) == DATA
    assert "<" not in script


def test_an_e_book_shows_the_picture_alone(live_book, tags):
    assert live_book.warnings["epub"] == ""
    text = (live_book.folder / "out/en/epub/first.xhtml").read_text(encoding="utf-8")
    assert "Draw here." in text
    assert [image["alt"] for image in tags(text).all("img")] == ["A dot"]
    assert "data-live" not in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing", "no JSON was glued as 'missing' (No key 'missing' found in glue data"),
        ("number", "no JSON was glued as 'number' (the JSON object must be str"),
    ],
)
def test_data_that_are_not_there_are_named(live_book, name, problem):
    page = live_book.folder / "en" / "first.md"
    text = page.read_text(encoding="utf-8")
    try:
        page.write_text(text.replace(":data: data", f":data: {name}"), encoding="utf-8")
        assert problem in live_book.build("en", out="wrong").warning.getvalue()
    finally:
        page.write_text(text, encoding="utf-8")


def test_a_figure_ahead_of_its_cell_shows_the_first_picture_below(make_book, tmp_path, tags):
    book = make_book(tmp_path / "ahead")
    with_figure(book, "data")
    for language in ("en", "zh"):
        page = book.folder / language / "first.md"
        text = page.read_text(encoding="utf-8")
        figure = FIGURE % "data"
        text = text.replace(figure, "\n")
        ahead = "::::{div} box\n" + figure.lstrip().replace(":alt:", ":ahead:\n:alt:") + "::::\n\n"
        start = text.index("```{code-cell}")
        page.write_text(text[:start] + ahead + text[start:], encoding="utf-8")
    book.execute()
    assert book.build("en").warning.getvalue() == ""
    text = book.article("en", "first")
    assert [image["alt"] for image in tags(text).all("img")] == ["A dot"]
    assert text.index("<img") < text.index("functools")
    assert book.build("en", "notebook").warning.getvalue() == ""
    notebook = (book.folder / "out/en/notebook/first.ipynb").read_text(encoding="utf-8")
    assert notebook.count(DOT) == 1
    assert notebook.index(DOT) < notebook.index("import functools")


def test_weights_that_the_script_cannot_run_stop_the_build_and_both_are_named(make_book, tmp_path):
    book = make_book(tmp_path / "book")
    shutil.copyfile(CODE / "kerasbook" / "live.py", book.folder / "code" / "live.py")
    for language in ("en", "zh"):
        page = book.folder / language / "first.md"
        page.write_text(page.read_text(encoding="utf-8") + WRONG, encoding="utf-8")
    with pytest.raises(PageError, match=r"first\.md:\d+: this cell raised ValueError") as caught:
        book.execute()
    assert "shapes [(64, 3), (3,), (3, 10), (10,)]" in str(caught.value)
    assert "Received: shapes [(65, 3), (3,), (3, 10), (10,)]" in str(caught.value)
