"""What stands below cells with included code, on a page that has each kind of them."""

import re

import pytest

CODE = """\
import math
from fractions import Fraction

HALF = 0.5


def root(value):
    return math.sqrt(value)


def half_root(value):
    return root(value) * HALF


def exact(value):
    return Fraction(value)


class Box:
    pass
"""
PAGE = """
(sec-{name})=
# Title

```{{code-cell}} ipython3
# %include more HALF
```

```{{code-cell}} ipython3
import math

# %include more root
```

:::{{fold}} Halves.
:::

```{{code-cell}} ipython3
# %include more half_root

half_root(4)
```

```{{code-cell}} ipython3
from fractions import Fraction

# %include more exact root Box
```
"""


@pytest.fixture(scope="module")
def book(make_book, tmp_path_factory, write_page):
    book = make_book(tmp_path_factory.mktemp("feet"))
    (book.folder / "code" / "more.py").write_text(CODE, encoding="utf-8")
    for language in ("en", "zh"):
        write_page(book.folder / language / "part" / "third.md", PAGE.format(name="third"))
        index = book.folder / language / "index.md"
        index.write_text(index.read_text("utf-8").replace("\nfirst\n", "\nfirst\npart/third\n"))
    book.execute()
    book.said = {
        (language, builder): book.build(language, builder).warning.getvalue()
        for language, builder in (("en", "html"), ("zh", "html"), ("en", "epub"))
    }
    return book


@pytest.fixture
def cells(book, tags):
    """Return the cells of the page in a language."""
    return lambda language="en": tags(book.article(language, "part/third")).select("div.cell")


def test_nothing_warns(book):
    assert set(book.said.values()) == {""}


def test_a_line_says_what_a_cell_needs_in_the_language_of_the_page(cells):
    texts = {
        language: [
            "".join(line.get_text() for line in cell.select(".cell-needs"))
            for cell in cells(language)
        ]
        for language in ("en", "zh")
    }
    assert texts["en"] == ["", "Needs math", "Needs HALF, root", "Needs math, fractions.Fraction"]
    assert texts["zh"][2:] == ["用到：HALF、root", "用到：math、fractions.Fraction"]


def test_a_name_leads_to_the_code_that_defines_it_first(cells):
    page = cells()
    links = [link["href"] for link in page[2].select(".cell-needs a")]
    assert links == ["#def-HALF", "#def-root"]
    assert "HALF = 0.5" in page[0].find(id="def-HALF").get_text()
    assert "def root" in page[1].find(id="def-root").get_text()
    assert page[3].find(id="def-root") is None  # an id stands once
    assert page[3].find(id="def-Box")


def test_a_button_names_the_program_of_all_that_a_cell_defines(cells):
    buttons = [cell.select("button.copy-program") for cell in cells()]
    wanted = [[each["data-program"] for each in found] for found in buttons]
    assert wanted == [["HALF"], ["root"], ["half_root"], ["exact root Box"]]
    (button,) = buttons[3]
    assert button.get_text() == "Copy with imports"
    assert button["aria-label"] == "Copy with imports: exact, root, Box"
    assert "hidden" in button.attrs  # until a script can do what it says
    assert re.fullmatch(r"\.\./\.\./programs/part/third\.js\?v=[0-9a-f]{8}", button["data-from"])
    assert cells("zh")[3].button["aria-label"] == "连同导入语句复制：exact, root, Box"


def test_the_foot_is_folded_with_its_cell_and_stands_above_what_it_prints(cells):
    page = cells()
    folded = page[2]
    assert folded.details.select(".cell-foot .cell-needs")
    assert len(folded.select(".cell-foot")) == 1
    text = str(folded)
    assert text.index("cell_input") < text.index("cell-foot") < text.index("cell_output")
    assert page[1].details is None


def test_other_formats_have_no_foot(book):
    (text,) = [
        path.read_text("utf-8")
        for path in (book.folder / "out" / "en" / "epub").rglob("third.xhtml")
    ]
    assert "half_root" in text
    assert "cell-foot" not in text
    assert "def-root" not in text
