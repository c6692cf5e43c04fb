"""What pages include, on a small library."""

import pytest

from bookkit.checks import shown

LIBRARY = {
    "code/kerasbook/__init__.py": "",
    "code/kerasbook/toy.py": "LIMIT = 1\n\n\ndef double(): ...\n\n\ndef _half(): ...\n",
    "code/kerasbook/other.py": "def never(): ...\n",
    "code/machine/tool.py": "def secret(): ...\n\n\ndef other(): ...\n",
}


@pytest.fixture
def problems(project):
    """Return a function that runs one check on a page with one cell in both languages."""

    def run(check, source, **library):
        text = f"(sec-a)=\n# A\n\n```{{code-cell}} ipython3\n{source}\n```\n"
        pages = {"book/zh/a.md": text, "book/en/a.md": text}
        return list(check(project(LIBRARY | library | pages)))

    return run


def test_includes_of_what_exists_pass(problems):
    for check in (shown.existing, shown.copied, shown.complete):
        assert problems(check, "x = 1\n# %include kerasbook.toy double LIMIT") == []


def test_a_misspelt_include_is_named_with_its_line_in_both_languages(problems):
    problem = "6: unknown include: toy.py defines no 'doubleit'; closest: double, LIMIT"
    found = problems(shown.existing, "x = 1\n# %include kerasbook.toy doubleit")
    assert found == [f"book/{language}/a.md:{problem}" for language in ("zh", "en")]


@pytest.mark.parametrize(
    "line", ["# %include kerasbook.tyo double", "# %include kerasbook.toy x", "# %include"]
)
def test_a_misspelt_include_is_the_business_of_one_check(problems, line):
    for check in (shown.copied, shown.complete):
        assert problems(check, line) == []


def test_what_readers_may_not_copy_is_named_once(problems):
    assert problems(shown.copied, "# %include machine.tool secret") == [
        "book/zh/a.md:5: machine.tool is not for readers: move it to code/kerasbook"
    ]
    assert problems(shown.complete, "# %include machine.tool secret") == []


@pytest.mark.parametrize(
    "kind", ["def triple(): ...", "async def triple(): ...", "class triple: ..."]
)
def test_a_public_definition_that_no_page_shows_is_named(problems, kind):
    source = f"def double(): ...\n\n\nX = 1\n\n\n{kind}\n"
    library = {"code/kerasbook/part/toy.py": source}
    assert problems(shown.complete, "# %include kerasbook.part.toy double", **library) == [
        "code/kerasbook/part/toy.py:7: no page shows triple: "
        "include it, or let its name start with _"
    ]
