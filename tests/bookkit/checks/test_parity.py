"""Are the two languages in step?"""

import pytest

from bookkit.checks import parity


@pytest.fixture
def problems(project, twins):
    """Return a function that checks the pages after a passage of the English one was changed."""

    def check(old="", new=""):
        text = twins["book/en/part/page.md"]
        assert not old or text.count(old) == 1
        changed = {"book/en/part/page.md": text.replace(old, new)} if old else {}
        return list(parity.check(project(twins | changed)))

    return check


def test_twins_that_differ_only_in_words_are_in_step(problems):
    assert problems() == []


A, B, C = (
    f"book/zh/part/page.md:{line}: %s (twin: book/en/part/page.md:{twin})"
    for line, twin in ((7, 8), (12, 16), (37, 41))
)
CELL = (
    "book/zh/part/page.md:18: code cells differ in section sec-b: cells are equal to the byte, "
    "metadata too; copy one over the other (twin: book/en/part/page.md:22)"
)
# What counts as content of a section is tested with `pages.structure`.
MUTATIONS = {
    "front matter key": (
        "bookkit: {data: [cifar10]}",
        "bookkit: {data: [coco]}\nalone: true",
        [
            "book/zh/part/page.md:1: front matter differs in alone, bookkit "
            "(twin: book/en/part/page.md:1)"
        ],
    ),
    "heading level": (
        "## Two",
        "### Two",
        [B % "heading sec-b (level 2) stands against sec-b (level 3)"],
    ),
    "label of a section": (
        "(sec-b)=",
        "(sec-2)=",
        [B % "heading sec-b (level 2) stands against sec-2 (level 2)"],
    ),
    "label missing": (
        "(sec-c)=\n### Three",
        "### Three",
        [
            "book/en/part/page.md:40: a heading without a label: write (sec-…)= above it",
            (C % "heading sec-c (level 3) stands against (no label, line 40) (level 3)").replace(
                "page.md:41)", "page.md:40)"
            ),
        ],
    ),
    "label of a paragraph": (
        "Another",
        "(par-a)=\nAnother",
        [A % "only in en, section sec-a: label 'par-a'"],
    ),
    "one byte of a cell": ("x = 1", "x = 2", [CELL]),
    "space at the end of a cell": ("x = 1", "x = 1 ", [CELL]),
    "metadata of a cell": (":tags: [hide-input]", ":tags: [hide-output]", [CELL]),
    "language of a cell": ("{code-cell} ipython3", "{code-cell}", [CELL]),
    "cell missing": (
        "```{code-cell} ipython3\n:tags: [hide-input]\nx = 1\n```\n",
        "",
        [CELL.replace("page.md:22)", "page.md:16)")],
    ),
    "cell too many": (
        "(sec-c)=",
        "```{code-cell} ipython3\ny = 1\n```\n\n(sec-c)=",
        [CELL.replace("page.md:18", "page.md:12").replace("page.md:22", "page.md:40")],
    ),
    "directive missing": (
        "::::{dropdown} Answer\n:::{dropdown} Inner\nInside, {ref}`sec-a`.\n:::\n::::\n",
        "Inside, {ref}`sec-a`.\n",
        [
            B % "directives differ in sec-b: ['cell-figure', 'dropdown', 'dropdown'] "
            "against ['cell-figure']"
        ],
    ),
    "equation": (
        "a = b\n",
        "a = c\n",
        [
            B % "only in zh, section sec-b: equation 'a = b'",
            B % "only in en, section sec-b: equation 'a = c'",
        ],
    ),
    "extra section at the end": (
        "The end.\n",
        "The end.\n\n(sec-d)=\n## Four\n",
        ["book/en/part/page.md:46: section sec-d is only here"],
    ),
    "section missing at the end": (
        "(sec-c)=\n### Three\n\nThe end.\n",
        "",
        ["book/zh/part/page.md:37: section sec-c is only here"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_difference_is_reported_with_both_places(problems, old, new, expected):
    assert problems(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: One", "title: Another title"),
        ("description: The first page\n", ""),
        (r"\text{ if }", r"\text{ when }"),
        ("the second section <sec-b>", "below <sec-b>"),
        ("a dot]", "one dot]"),
        (":alt: a dot", ":alt: a small dot"),
        ("One dot.", "A caption."),
        ("Another paragraph.", "More.\n\nAnd more."),
        ("{dropdown} Answer", "{dropdown} Show the answer"),
    ],
)
def test_words_may_differ(problems, old, new):
    assert problems(old, new) == []


def test_the_order_of_sections_must_agree(problems):
    found = problems("(sec-c)=\n### Three", "(sec-d)=\n### Four\n\n(sec-c)=\n### Three")
    assert found == [C % "heading sec-c (level 3) stands against sec-d (level 3)"]


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_a_page_without_a_twin_names_the_page_to_write(project, language, other):
    book = project({f"book/{language}/part/alone.md": "(sec-x)=\n# X\n"})
    assert list(parity.check(book)) == [
        f"book/{language}/part/alone.md:1: has no twin: write book/{other}/part/alone.md"
    ]
