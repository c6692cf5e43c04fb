"""The short way of a page about a task: what it needs, and each way to lack it."""

import pytest

from bookkit.checks import short

CODE = "# pip install keras\nimport keras\n\n" + "x = 1\n" * 5
PAGE = """\
(sec-a)=
# A

{lead}

(sec-a-short)=
## The short way

```{{code-cell}} ipython3
{code}
```

It printed one.

:::{{overview}}
{steps}
:::

(sec-a-lookup)=
## Tables

{end}
"""
STEPS = "\n".join(f"{n}. [Step](#sec-a-lookup): a step." for n in range(1, 5))
GIVEN = {"lead": "Words.", "code": CODE.strip(), "steps": STEPS, "end": "| a |\n|---|\n| 1 |"}


@pytest.fixture
def problems(project):
    """Return a function that writes a page about a task, and says what is wrong with it."""

    def check(text=None, *, name="workflow/a", **changed):
        text = text or PAGE.format(**GIVEN | changed)
        book = project({f"book/{language}/{name}.md": text for language in ("zh", "en")})
        return [each.partition(": ")[2] for each in short.check(book) if "book/en" in each]

    return check


def test_a_page_with_all_of_it_is_fine_and_pages_about_ideas_need_none(problems):
    assert problems() == []
    assert problems("(sec-a)=\n# A\n\n```{code-cell} ipython3\n1\n```\n", name="concepts/a") == []


def test_a_page_without_them_is_told_what_to_add(problems):
    assert problems("(sec-a)=\n# A\n\n```{code-cell} ipython3\n1\n```\n") == [
        "the task is not done at once: begin with a section (sec-…-short)=",
        "no tables to come back to: add a section (sec-…-lookup)=",
    ]


def test_the_first_cell_stands_in_the_short_way(problems):
    text = PAGE.format(**GIVEN)
    cell = text[text.index("```{code") : text.index("It printed")]
    moved = text.replace(cell, "").replace("## Tables\n", f"## Tables\n\n{cell}")
    assert problems(moved) == ["the short way has no cell: the first of the page is its"]


def test_at_most_150_words_stand_above_it(problems):
    # The title and the heading have four words.
    assert problems(lead="word " * 146) == []
    (problem,) = problems(lead="word " * 147)
    assert problem.startswith("151 words above the short way, 150 at most: shorten the lead")


@pytest.mark.parametrize(("count", "fine"), [(4, False), (5, True), (15, True), (16, False)])
def test_it_has_5_to_15_lines_beside_imports_and_comments(problems, count, fine):
    found = problems(code=CODE.replace("x = 1\n" * 5, "x = 1\n" * count).strip())
    assert found == ([] if fine else [
        f"{count} lines of code in a short way of {count + 3} lines: 5 to 15 and 30 are allowed,"
        " imports and comments not counted"
    ])  # fmt: skip


def test_it_includes_nothing_of_ours(problems):
    assert problems(code=CODE + "# %include kerasbook.toy short") == [
        "a short way includes nothing: write ordinary calls"
    ]


def test_each_step_of_the_overview_begins_with_a_link(problems):
    (problem,) = problems(steps=STEPS.replace("4. [Step](#sec-a-lookup): a", "4. A"))
    assert problem.startswith("3 linked steps in the overview behind the short way, 4 at least")


def test_what_one_comes_back_to_is_a_table(problems):
    assert problems(end="Words.") == ["what a reader comes back to is a table: write one"]
