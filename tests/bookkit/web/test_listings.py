"""Links from cells to tests, and the pages that show those."""

import re
import textwrap

import pytest
from bs4 import BeautifulSoup

from bookkit.checks import tested
from bookkit.checks.book import Book
from bookkit.web import listings


def links_below_cells(book, tags, language="en"):
    found = re.findall(r'<p class="cell-tests">(.*?)</p>', book.article(language, "first"))
    return [tags(each).all("a")[0]["href"] for each in found]


def test_only_the_web_page_links_a_cell_to_the_tests_of_what_it_includes(built_book, tags):
    assert links_below_cells(built_book, tags) == ["../tests/deep.test_toy.html#double"]
    text = built_book.article("en", "first")
    # below the code and above what it printed
    cell = text[: text.index("42 11")]
    assert cell.rindex("cell_input") < cell.index("cell-tests") < cell.rindex("cell_output")
    assert ">Tests of this code</a>" in cell
    assert ">这段代码的测试</a>" in built_book.article("zh", "first")
    for builder in ("notebook", "latex", "epub"):
        files = (built_book.folder / "out" / "en" / builder).rglob("*")
        texts = [file.read_text(errors="replace") for file in files if file.is_file()]
        assert any("First things" in each for each in texts)
        assert not any("Tests of this code" in each for each in texts)


def test_a_link_follows_a_test_that_moves_and_goes_with_it(tiny_book, tags):
    tiny_book.execute()
    tiny_book.build("en")
    tiny_book.build("en", bookkit_tests={"double": "test_moved.html#double"})
    assert links_below_cells(tiny_book, tags) == ["../tests/test_moved.html#double"]
    tiny_book.build("en", bookkit_tests={})
    assert links_below_cells(tiny_book, tags) == []


def test_a_cell_has_one_link_a_module_best_to_what_names_its_code():
    known = {"one": "a.html#double", "two": "b.html#two", "far": "c.html#kerasbook.far"}
    included = [("m", "one", ""), ("n", "far", ""), ("m", "two", ""), ("m", "untested", "")]
    assert listings._links(included, known) == {"m": "b.html#two", "n": "c.html#kerasbook.far"}
    assert listings._links([("m", "untested", "class")], known) == {}


@pytest.mark.parametrize("changed", ["code/kerasbook/toy.py", "tests/kerasbook/deep/test_toy.py"])
def test_where_links_lead_is_looked_up_again_only_when_something_changed(
    project, tmp_path, monkeypatch, changed
):
    def looked_up():
        calls.clear()
        listings.addresses.cache_clear()
        found = listings.addresses(tmp_path)
        return found, len(calls)

    project(FILES)
    calls, places = [], tested.places
    monkeypatch.setattr(tested, "places", lambda book: calls.append(book) or places(book))
    expected = {"double": "deep.test_toy.html#double", "TWO": "deep.test_toy.html#double"}
    assert looked_up() == (expected, 1)
    assert looked_up() == (expected, 0)
    with (tmp_path / changed).open("a") as file:
        file.write("\n")
    assert looked_up() == (expected, 1)
    assert [path.name for path in (tmp_path / "_build").iterdir()] == ["tests.json"]
    listings.addresses.cache_clear()


FILES = {
    "code/kerasbook/toy.py": "TWO = 2\n\n\ndef double(value):\n    return TWO * value\n",
    "tests/kerasbook/deep/test_toy.py": """\

        from kerasbook import toy

        TEXT = '''
        <b>'''


        def test_double():
            assert toy.double(1) == 2
        """,
    "tests/kerasbook/test_other.py": "def test_nothing():\n    assert not ()\n",
    "book/zh/one.md": "# 甲 `x` < 乙\n\n```{code-cell}\n# %include kerasbook.toy double\n```\n",
    "book/en/one.md": "# One\n\n```{code-cell}\n# %include kerasbook.toy double TWO\n```\n",
    "book/en/two.md": "# Two\n\n```{code-cell}\n# %include kerasbook.toy TWO\n```\n",
}


@pytest.fixture
def write(project, tmp_path):
    project(FILES)

    def write():
        listings.write(tmp_path / "site" / "tests", Book(tmp_path))
        return tmp_path / "site" / "tests"

    return write


def test_a_page_shows_a_test_file_and_the_chapters_that_lead_there(write):
    folder = write()
    assert [path.name for path in folder.glob("*.html")] == ["deep.test_toy.html"]
    page = BeautifulSoup((folder / "deep.test_toy.html").read_text("utf-8"), "html.parser")
    assert page.title.get_text() == page.h1.get_text() == "tests/kerasbook/deep/test_toy.py"
    file = textwrap.dedent(FILES["tests/kerasbook/deep/test_toy.py"])
    assert page.pre.get_text().strip() == file.strip()
    (named,) = page.pre.find_all(id=True)
    assert (named["id"], named.get_text()) == ("double", "    assert toy.double(1) == 2")
    assert [(each["href"], each["lang"], each.get_text()) for each in page.find_all("a")] == [
        ("../zh/one.html", "zh-CN", "← 甲 x < 乙"),
        ("../en/one.html", "en", "← One"),
    ]


@pytest.mark.parametrize("changed", FILES)
def test_pages_are_written_again_only_when_something_changed(write, tmp_path, changed):
    stale, file = write() / "stale.html", tmp_path / changed
    stale.touch()
    write()
    if file.suffix == ".md":  # a listing shows titles and what cells include, no prose
        file.write_text(f"{file.read_text('utf-8')}\nProse.\n", "utf-8")
        write()
    assert stale.exists()
    file.write_text(f"{file.read_text('utf-8')}\n# More\n", "utf-8")
    write()
    assert not stale.exists()
