"""What a page is made of, apart from its words."""

import pytest

from bookkit.errors import PageError
from bookkit.pages import structure


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "page.md"
        path.write_text(text, encoding="utf-8")
        return structure.read(path)

    return read


@pytest.fixture
def page(read, twins):
    return read(twins["book/en/part/page.md"])


def test_sections_have_their_label_level_and_line(page):
    assert [(one.label, one.level, one.line) for one in page.sections] == [
        ("sec-a", 1, 8),
        ("sec-b", 2, 16),
        ("sec-c", 3, 41),
    ]
    assert page.problems == []


def test_the_front_matter_is_kept(page):
    assert page.front_matter == {
        "file_format": "mystnb",
        "title": "One",
        "description": "The first page",
        "bookkit": {"data": ["cifar10"]},
    }


def test_front_matter_that_is_no_yaml_is_an_error_with_its_line(read):
    with pytest.raises(PageError, match=r"page\.md:3: front matter: mapping values"):
        read("---\ntitle: Two\ndescription: one: two\n---\n# One\n")


def test_cells_are_kept_to_the_byte_with_their_line(page, read):
    cell = ("ipython3\n:tags: [hide-input]\nx = 1\n", 22)
    assert [one.cells for one in page.sections] == [[], [cell], []]
    (section,) = read("(sec-a)=\n# One\n\n```console\n$ make html\n```\n").sections
    assert section.cells == [("```console\n$ make html\n", 4)]


def test_directives_stand_in_order_those_inside_others_too(page):
    inside = [("cell-figure", 27), ("dropdown", 34), ("dropdown", 35)]
    assert [[each[:2] for each in one.directives] for one in page.sections] == [[], inside, []]


ANSWER = """\
(sec-a)=
# One

::::{dropdown} Answer
:open:

First.

```{image} a.png
:alt: deep
```
::::

<div>raw</div>
"""


def test_below_options_lines_are_those_of_the_page(read):
    (section,) = read(ANSWER).sections
    places = [each[:2] for each in section.directives]
    assert places == [("dropdown", 4), ("image", 9), ("raw HTML", 14)]
    image = section.directives[1]
    assert (image.argument, image.options, image.body) == ("a.png", [(10, ":alt: deep")], [])
    assert section.passages == [("One", 2), ("Answer", 4), ("First.", 7), (":alt: deep", 10)]


def test_equations_images_and_targets_are_counted_without_their_words(page):
    assert [dict(one.inline) for one in page.sections] == [
        {
            ("ref role", "sec-b"): 1,
            ("cite:p role", "lecun1998"): 1,
            ("equation", "x  y"): 1,
            ("image", "dot.png"): 1,
        },
        {
            ("equation", "a = b"): 1,
            ("equation label", "eq-a"): 1,
            ("cell-figure option", ":name: fig-x"): 1,
            ("ref role", "sec-a"): 1,
        },
        {},
    ]


def test_prose_holds_titles_captions_and_alternative_text_with_their_lines(page):
    assert page.sections[1].passages == [
        ("Two", 16),
        (":alt: a dot", 28),
        ("", 27),
        ("One dot.", 31),
        ("Answer", 34),
        ("Inner", 35),
        ("Inside, {ref}`sec-a`.", 36),
    ]
    assert page.sections[2].prose == ["Three", "The end."]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("# One\n", [(1, "a heading without a label: write (sec-…)= above it")]),
        ("(sec-a)=\n# One\n\n(sec-a)=\n## Two\n", [(5, "the label 'sec-a' is used twice")]),
        (
            "(sec-a)=\n# One\n\n(par-a)=\nA paragraph.\n\n## Two\n",
            [(7, "a heading without a label: write (sec-…)= above it")],
        ),
        ("(other)=\n(sec-a)=\n# One\n", []),
        *(
            (
                f"(sec-a)=\n# One\n\n(fig-a)=\n{block}\n\n## Two\n",
                [(5 + block.count("\n") + 2, "a heading without a label: write (sec-…)= above it")],
            )
            for block in ("```{figure} a.png\n```", "<div>raw</div>", "$$\na\n$$", "---")
        ),
    ],
)
def test_a_heading_needs_a_label_of_its_own(read, text, problems):
    assert read(text).problems == problems


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("```{math}\n:label: eq-a\na = \\text{if}\n```", ("equation", ":label: eq-a a =")),
        ("```{math} a = b\n```", ("equation", "a = b")),
        ("$$x_\\text{max}$$", ("equation", "x_")),
        ("```{toctree}\n:caption: Part\na\nb\n```", ("toctree directive", "a\nb")),
        ("```{figure} a.png\n:alt: A\n```", ("image", "a.png")),
        ("Inline $$a$$ too", ("equation", "a")),
        ("{eq}`eq-a`", ("eq role", "eq-a")),
        ("{numref}`fig-x`", ("numref role", "fig-x")),
        ("[a link](https://keras.io)", ("link", "https://keras.io")),
        ("(par-a)=\nA paragraph with a label.", ("label", "par-a")),
        ("```{image} deep.png\n:alt: deep\n```", ("image directive", "deep.png")),
        (":::{dropdown} A\n:open: yes\n\nB.\n:::", ("dropdown option", ":open: yes")),
        ("{glue:text}`x:.2f`", ("glue:text role", "x:.2f")),
        ("{result}`a/b/c/mean:.1%`", ("result role", "a/b/c/mean:.1%")),
    ],
)
def test_each_kind_of_content_is_counted_once(read, text, counted):
    page = read(f"(sec-a)=\n# One\n\n{text}\n")
    assert dict(page.sections[0].inline) == {counted: 1}


def test_what_stands_twice_is_counted_twice(read):
    page = read("(sec-a)=\n# One\n\n{eq}`eq-a`, $a$, {eq}`eq-a`\n")
    assert page.sections[0].inline == {("eq role", "eq-a"): 2, ("equation", "a"): 1}


def test_text_above_the_first_heading_has_a_section_too(read):
    page = read("Words {ref}`a`.\n\n(sec-a)=\n# One\n")
    assert [(one.label, one.level) for one in page.sections] == [
        ("(before the first heading)", 0),
        ("sec-a", 1),
    ]
    assert page.sections[0].inline == {("ref role", "a"): 1}
    assert page.problems == [(1, "text above the first heading: move it below")]
