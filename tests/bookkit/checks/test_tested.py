"""Which tests guard a definition, and the pages that list them, on a module made by hand."""

import textwrap
from html.parser import HTMLParser

import pytest
from docutils import nodes

from bookkit.checks import tested
from bookkit.checks.book import Book
from bookkit.checks.tested import Finder, Library
from bookkit.languages import WORDS
from bookkit.web import listings

LIBRARY = {
    "toylib/__init__.py": "",
    "toylib/core.py": '''\
        """Numbers."""

        FACTOR = 2


        def double(value):
            return FACTOR * value


        def halve(value):
            return value / FACTOR


        def _check(value):
            """Only `quadruple` calls it."""


        def quadruple(value):
            _check(value)
            return double(double(value))


        class Counter:
            """Counts."""


        def lonely(halve):
            return halve
        ''',
    "toylib/again.py": """\
        from toylib.core import double


        def sextuple(value):
            return 3 * double(value)
        """,
    "toylib/apart.py": "def far():\n    return 1\n",
    "toylib/prepared.py": "def prepare():\n    return 1\n",
    "toylib/program.py": "def peak():\n    return 1\n",
}
TESTS = {
    "test_core.py": """\
        import sys

        import numpy as np
        import pytest

        from toylib import again, core as page
        from toylib.core import Counter as Tally, quadruple

        # Powers of two.
        VALUES = [1, 2]
        MORE = [3]


        @pytest.fixture
        def tally():
            return Tally()


        def halved(value):
            return page.halve(value)


        def unused():
            return np.zeros(page.double(1))


        @pytest.mark.parametrize(
            "value", VALUES
        )
        def test_twice(value):
            assert page.double(value) == value + value


        def test_the_other_twice():
            assert again.double(1) == 2


        def test_half():
            halve = 1
            assert halved(2) == halve


        def test_fixture(tally):
            assert tally


        @pytest.mark.parametrize("function", [quadruple])
        def test_decorated(function):
            assert function(1) == 4


        @pytest.mark.parametrize("name", ["sextuple"])
        def test_by_name(name):
            assert getattr(again, name)(1) == 6
        """,
    "deep/test_other.py": '''\
        import pytest
        from toylib.prepared import prepare

        MODULE = "toylib.apart"
        PROGRAM = """
        import sys
        from toylib.program import peak
        """


        @pytest.fixture(autouse=True)
        def always():
            prepare()


        def test_module():
            assert MODULE


        def test_program():
            assert PROGRAM
        ''',
}
TWICE = """\
import pytest
from toylib import again, core as page


# Powers of two.
VALUES = [1, 2]


@pytest.mark.parametrize(
    "value", VALUES
)
def test_twice(value):
    assert page.double(value) == value + value


def test_the_other_twice():
    assert again.double(1) == 2"""


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


@pytest.fixture
def finder(tmp_path):
    write(tmp_path / "code", LIBRARY)
    write(tmp_path / "tests", TESTS)
    return Finder(Library(tmp_path / "code", "toylib"), tmp_path / "tests")


def guarding(finder, name, module="toylib.core"):
    return [test for each in finder.guards((module, name)).excerpts for test in each.tests]


@pytest.mark.parametrize(
    ("module", "name", "tests"),
    [
        # in the body, through an alias of the module and through a module that imports it
        ("toylib.core", "double", ["test_twice", "test_the_other_twice"]),
        ("toylib.core", "halve", ["test_half"]),  # in a helper
        ("toylib.core", "Counter", ["test_fixture"]),  # in a fixture, by another name
        ("toylib.core", "quadruple", ["test_decorated"]),  # in a decorator
        ("toylib.again", "sextuple", ["test_by_name"]),  # as a string, with getattr
        ("toylib.prepared", "prepare", ["test_module", "test_program"]),  # without being asked
        ("toylib.program", "peak", ["test_program"]),  # in a program that a process runs
    ],
)
def test_a_test_guards_what_it_names(finder, module, name, tests):
    guarded = finder.guards((module, name))
    assert guarding(finder, name, module) == tests
    assert (guarded.through, guarded.by_module) == ((), False)


def test_an_excerpt_is_what_the_tests_use_of_their_file(finder):
    (excerpt,) = finder.guards(("toylib.core", "double")).excerpts
    assert excerpt.file.name == "test_core.py"
    assert excerpt.source == TWICE
    lines = excerpt.source.splitlines()
    assert [lines[number - 1].strip() for number in excerpt.marked] == [
        "assert page.double(value) == value + value",
        "assert again.double(1) == 2",
    ]


def test_a_helper_and_a_fixture_are_shown_and_marked(finder):
    (half,) = finder.guards(("toylib.core", "halve")).excerpts
    assert half.source.splitlines()[half.marked[0] - 1] == "    return page.halve(value)"
    assert "def halved(value):" in half.source
    (fixture,) = finder.guards(("toylib.core", "Counter")).excerpts
    assert "@pytest.fixture\ndef tally():\n    return Tally()" in fixture.source
    assert "quadruple" not in fixture.source, "an import keeps the names that are used"


def test_what_no_test_names_is_guarded_through_its_callers(finder):
    guarded = finder.guards(("toylib.core", "_check"))
    assert guarded.through == (("toylib.core", "quadruple"),)
    assert guarding(finder, "_check") == ["test_decorated"]


def test_a_module_that_tests_run_by_name_is_guarded_by_them(finder):
    guarded = finder.guards(("toylib.apart", "far"))
    assert guarded.by_module
    assert guarding(finder, "far", "toylib.apart") == ["test_module"]


def test_a_parameter_of_the_same_name_is_no_call(finder):
    assert finder.guards(("toylib.core", "lonely")) is None
    assert ("toylib.core", "lonely") not in finder.library.callers.get(("toylib.core", "halve"), [])


@pytest.fixture
def book(tmp_path):
    page = textwrap.dedent("""\
        (sec-one)=
        # The `first` page

        ```{code-cell} ipython3
        # %include toylib.core FACTOR double _check
        ```

        (sec-two)=
        ## Two

        ```{code-cell} ipython3
        # %include toylib.core lonely
        # %include toylib.apart far
        ```
        """)
    write(tmp_path / "book", {"zh/one.md": page.replace("Two", "二"), "en/one.md": page})
    return tmp_path / "book"


def test_a_function_without_a_test_is_a_problem_with_its_line(finder, book, monkeypatch):
    monkeypatch.setattr(tested, "Library", lambda root: Library(root, "toylib"))
    monkeypatch.setattr(tested, "PACKAGE", "")
    problem = "book/zh/one.md:12: toylib.core.lonely has no test: write one that names it"
    assert list(tested.check(Book(book.parent))) == [problem]
    cell = "```{code-cell} ipython3\n# %include toylib.core double FACTOR\n```\n"
    for language in ("zh", "en"):
        (book / language / "one.md").write_text(cell, encoding="utf-8")
    assert list(tested.check(Book(book.parent))) == []


class Page(HTMLParser):
    """Collects the ids and the addresses of links of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])


@pytest.fixture
def written(finder, book, tmp_path, monkeypatch):
    monkeypatch.setattr(listings, "Finder", lambda: finder)
    monkeypatch.setattr(listings, "ROOT", tmp_path)
    monkeypatch.setattr(listings.collect, "__defaults__", (book,))
    assert listings.write(tmp_path / "site" / "tests")
    return tmp_path / "site" / "tests"


def test_a_page_lists_what_the_book_includes_of_a_module(written):
    found = {path.name: Page(path.read_text("utf-8")) for path in written.glob("*.html")}
    assert sorted(found) == ["toylib.apart.html", "toylib.core.html"]
    # the value has no test that names it but those of `double`, which uses it
    assert found["toylib.core.html"].ids == ["FACTOR", "double", "_check"]
    assert found["toylib.core.html"].links == [
        "../zh/one.html#sec-one", "../en/one.html#sec-one", "toylib.core.html#double",
        "../zh/one.html#sec-one", "../en/one.html#sec-one",
        "../zh/one.html#sec-one", "../en/one.html#sec-one",
    ]  # fmt: skip
    assert found["toylib.apart.html"].ids == ["far", "whole-module"]
    assert found["toylib.apart.html"].links[-1] == "#whole-module"


def test_a_page_shows_the_tests_with_the_lines_that_name_it(written):
    from bs4 import BeautifulSoup

    tree = BeautifulSoup((written / "toylib.core.html").read_text("utf-8"), "html.parser")
    section = tree.find(id="double")
    assert section.pre.get_text().strip("\n") == TWICE
    assert [each.get_text().strip() for each in section.select(".hll")] == [
        "assert page.double(value) == value + value",
        "assert again.double(1) == 2",
    ]
    assert section.h3.get_text() == "tests/test_core.py"
    assert "← The first page" in section.get_text()


def test_pages_are_written_again_only_when_something_changed(written, monkeypatch):
    stale = written / "toylib.gone.html"
    stale.touch()
    assert not listings.write(written)
    monkeypatch.setattr(listings, "_digest", lambda: "other")
    assert listings.write(written)
    assert not stale.exists()


CORE = ("toylib.core", "double", "function")


@pytest.mark.parametrize(
    ("language", "included", "text", "addresses"),
    [
        ("zh", [CORE], "这个函数的测试", ["toylib.core.html#double"]),
        ("en", [CORE], "Test of this function", ["toylib.core.html#double"]),
        (
            "en",
            [CORE, ("toylib.core", "halve", "function")],
            "Tests of these functions",
            ["toylib.core.html#double"],
        ),
        (
            "en",
            [("toylib.core", "Counter", "class")],
            "Test of this class",
            ["toylib.core.html#Counter"],
        ),
        (
            "zh",
            [("toylib.core", "Counter", "class"), ("toylib.apart", "far", "function")],
            "这些定义的测试：core · apart",
            ["toylib.core.html#Counter", "toylib.apart.html#far"],
        ),
    ],
)
def test_a_cell_links_to_the_tests_of_its_first_definition_in_each_module(
    language, included, text, addresses
):
    paragraph = listings._links(included, "../tests/", WORDS[language])
    assert paragraph.astext() == text
    links = [node["refuri"] for node in paragraph.findall(nodes.reference)]
    assert links == [f"../tests/{address}" for address in addresses]
