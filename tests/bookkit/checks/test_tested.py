"""What tests name, read from their syntax, on a package and tests made by hand."""

import pytest

from bookkit.checks import tested

CODE = {
    "numbers.py": '''\
        """Numbers."""

        FACTORS = {"one": lambda value: one(value)}


        def one(value):
            return value


        def double(value):
            return 2 * one(value)


        def halve(value):
            return value / 2


        class Counter:
            """Counts."""

            count = 0


        def ratio(halve):
            return _checked(halve)


        def _checked(value):
            return value
        ''',
    "again.py": """\
        from kerasbook.numbers import double as twice


        def quadruple(value):
            return twice(twice(value))
        """,
    "program.py": "def peak():\n    return 1\n\n\ndef main():\n    return peak()\n",
}
TESTS = {
    "conftest.py": "from kerasbook.numbers import ratio\n\nHALF = ratio(1)\n",
    "deep/test_again.py": '''\
        """`double` is named here too, but its own file comes first."""
        import difflib

        from kerasbook import again, numbers as page

        PROGRAM = "kerasbook.program"


        def test_double():
            assert page.double(1) == 2


        def test_other_ratio():
            matcher = difflib.SequenceMatcher("a", "ratio")
            ratio = matcher.ratio()
            assert ratio > 0, "ratio"
        ''',
    "test_numbers.py": """\
        import pytest

        from kerasbook import numbers as page
        from kerasbook.numbers import Counter as Tally, halve


        def doubled(value):
            return page.double(value)


        @pytest.fixture
        def tally():
            return Tally()


        def test_doubled():
            assert doubled(1) == page.double(1)


        @pytest.mark.parametrize("function", [halve])
        def test_half(function):
            assert function(2) == 1
            assert page.double(function(2)) == 2
        """,
}


@pytest.fixture
def book(project):
    code = {f"code/kerasbook/{name}": text for name, text in CODE.items()}
    return project(code | {f"tests/kerasbook/{name}": text for name, text in TESTS.items()})


@pytest.mark.parametrize(
    ("name", "file", "line"),
    [
        ("double", "test_numbers.py", "assert doubled(1) == page.double(1)"),  # a test first
        ("Counter", "test_numbers.py", "return Tally()"),  # a fixture, by another name
        ("halve", "test_numbers.py", '@pytest.mark.parametrize("function", [halve])'),
        ("one", "test_numbers.py", "assert doubled(1) == page.double(1)"),  # `double` uses it
        ("peak", "deep/test_again.py", 'PROGRAM = "kerasbook.program"'),  # its module is run
    ],
)
def test_a_name_is_placed_where_a_test_names_it_or_what_uses_it(book, name, file, line):
    place = tested.places(book)[name]
    assert place.name == {"one": "double", "peak": "kerasbook.program"}.get(name, name)
    assert place.file == book.tests / "kerasbook" / file
    assert place.file.read_text().splitlines()[place.line - 1].strip() == line


def test_what_no_test_names_is_not_tested(book):
    # a variable, a method or a text of that name count for nothing, nor does a conftest.py
    assert not {"ratio", "_checked", "quadruple", "FACTORS"} & tested.places(book).keys()


def test_a_function_without_a_test_is_a_problem_with_its_line(book, project):
    page = """\
        ```{code-cell} ipython3
        # %include kerasbook.numbers FACTORS double
        # %include kerasbook.numbers ratio
        # %include kerasbook.again quadruple
        # %include kerasbook.numbers ratio
        ```
        """
    book = project({"book/zh/one.md": page})
    cure = "has no test: write one that names it"
    assert list(tested.check(book)) == [
        f"book/zh/one.md:3: kerasbook.numbers.ratio {cure}",
        f"book/zh/one.md:4: kerasbook.again.quadruple {cure}",
    ]
