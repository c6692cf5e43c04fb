"""Labels, the article's sections, exercises and provenance, on tiny pages."""

import pytest

from bookkit.checks import sections

CELL = "```{code-cell} ipython3\nx = 1\n```\n"
ANSWER = ":::{dropdown} Answer\n:open:\n\nForty-two.\n:::\n\n"
PROVENANCE = "```{provenance}\n```\n"


def page(label, *parts):
    return f"({label})=\n# A\n\n" + "".join(parts)


def test_two_pages_of_a_language_share_no_label(project):
    pages = {
        "book/en/a.md": page("sec-a"),
        "book/en/b.md": "\n" + page("sec-a"),
        "book/zh/a.md": page("sec-a"),
    }
    assert list(sections.labels(project(pages))) == [
        "book/en/b.md:3: the label 'sec-a' stands at book/en/a.md:2 too: "
        "rename one, in both languages"
    ]
    assert list(sections.labels(project(pages | {"book/en/b.md": page("sec-b")}))) == []


def test_no_two_pages_share_the_name_of_a_figure(project):
    figure = ":::{figure} a.png\n:name: fig-a\n:::\n"
    pages = {
        "book/en/a.md": page("sec-a", figure),
        "book/en/b.md": page("sec-b", "\n", figure),
        "book/zh/a.md": page("sec-a", figure),
    }
    assert list(sections.labels(project(pages))) == [
        "book/en/b.md:6: the label 'fig-a' stands at book/en/a.md:5 too: "
        "rename one, in both languages"
    ]
    renamed = pages | {"book/en/b.md": page("sec-b", figure.replace("fig-a", "fig-b"))}
    assert list(sections.labels(project(renamed))) == []


def test_headings_without_a_label_share_none(project):
    pages = {"book/en/a.md": "\n# A\n", "book/en/b.md": "\n# A\n"}
    assert list(sections.labels(project(pages))) == []


def test_each_language_has_every_section_of_the_article(project):
    assert len(sections.ARTICLE) == 30
    assert sections.ARTICLE[:4] == ("sec-1-1", "sec-1-2", "sec-1-3", "sec-2-1-1")
    text = "".join(f"({label})=\n## A\n\n" for label in sections.WANTED)
    pages = {"book/en/a.md": text, "book/zh/a.md": text.replace("(sec-3-1-2)=\n", "")}
    assert list(sections.article(project(pages))) == [
        "book/zh/index.md:1: no page has (sec-3-1-2)=: put it above a heading"
    ]
    assert list(sections.article(project({"book/zh/b.md": "(sec-3-1-2)=\n# A\n"}))) == []


TOCTREE = "```{toctree}\n:hidden:\nother\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        page("sec-a", "No cell.\n"),
        page("sec-a", CELL, PROVENANCE),
        page("sec-a", CELL, ":::{provenance}\n:::\n\n"),
        page("sec-a", CELL, TOCTREE, PROVENANCE),
        page("sec-a", CELL, PROVENANCE, TOCTREE),
    ],
)
def test_a_page_with_cells_that_ends_with_its_provenance_passes(project, text):
    assert list(sections.provenance(project({"book/en/a.md": text}))) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (page("sec-a", CELL), 6),
        (page("sec-a", CELL, PROVENANCE, "More.\n"), 9),
        (page("sec-a", CELL, PROVENANCE, TOCTREE.replace(":hidden:", ":glob:")), 12),
    ],
)
def test_a_page_with_cells_is_asked_for_its_provenance_at_the_end(project, text, line):
    assert list(sections.provenance(project({"book/en/a.md": text}))) == [
        f"book/en/a.md:{line}: a page with cells ends with its provenance: add ```{{provenance}}```"
    ]


@pytest.mark.parametrize(
    "pages",
    [
        {"book/en/a.md": page("sec-a", CELL, ANSWER, ANSWER, ANSWER)},
        {"book/en/a.md": page("sec-a", "No cell.\n")},
        {"book/en/index.md": page("sec-a", CELL)},
    ],
)
def test_three_folded_answers_are_enough(project, pages):
    assert list(sections.exercises(project(pages))) == []


def test_fewer_exercises_are_counted(project):
    text = page("sec-a", CELL, ANSWER, "(sec-b)=\n## Exercises\n\n", ANSWER)
    pages = {
        "book/en/a.md": text,
        "book/zh/a.md": page("sec-a"),
        "book/zh/index.md": page("i", CELL),
    }
    assert list(sections.exercises(project(pages))) == [
        "book/en/a.md:14: 2 folded answers to exercises: write 3 at least"
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Hint"), ("zh", "提示")])
def test_a_hint_is_no_answer(project, language, word):
    hint = f":::{{dropdown}} {word}\nLook twice.\n:::\n\n"
    text = page("sec-a", CELL, ANSWER, hint, ANSWER)
    (problem,) = sections.exercises(project({f"book/{language}/a.md": text}))
    assert "2 folded answers to exercises" in problem


def test_an_empty_answer_is_named_with_its_line(project):
    empty = ":::{dropdown} Answer\n:open:\n\n:::\n"
    text = page("sec-a", CELL, ANSWER, ANSWER, empty)
    assert list(sections.exercises(project({"book/en/a.md": text}))) == [
        "book/en/a.md:19: an answer is empty: write it inside the dropdown",
        "book/en/a.md:2: 2 folded answers to exercises: write 3 at least",
    ]
