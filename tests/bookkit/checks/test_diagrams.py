"""Diagrams are drawn with classes, translated and shown."""

import pytest

from bookkit.checks import diagrams

FLOW = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 60">
  <rect class="box fill-1" x="10" y="10" width="100" height="40"/>
  <text class="small" x="60" y="30">some words</text>
</svg>
"""
PAGE = "(sec-a)=\n# A\n\n:::{diagram} flow\n:name: fig-flow\n:alt: A flow\n\nFlow.\n:::\n"
LABELS = "zh:\n  Some words: 一些字\n"


@pytest.fixture
def problems(project):
    def check(flow=FLOW, labels=LABELS, page=PAGE, **more):
        files = {
            "book/diagrams/flow.svg": flow,
            "book/diagrams/labels.yml": labels,
            "book/zh/a.md": page,
            "book/en/a.md": page,
        }
        return list(diagrams.check(project(files | more)))

    return check


def test_a_diagram_that_is_translated_and_shown_passes(problems):
    assert problems() == []
    assert problems(labels="zh:\n  flow:\n    some words: 一些字\n") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ('class="box fill-1"', 'fill="red"', 2, "<rect> has fill='red' of its own"),
        ('class="box fill-1"', 'stroke-width="3"', 2, "<rect> has stroke-width='3' of its own"),
        ('class="small"', 'style="fill: red"', 3, "<text> has style='fill: red' of its own"),
        ('class="small"', 'font-size="9"', 3, "<text> has font-size='9' of its own"),
        ('class="small"', 'text-anchor="end"', 3, "<text> has text-anchor='end' of its own"),
        (' viewBox="', ' width="300" viewBox="', 1, "<svg> has width='300' of its own"),
        (' viewBox="', ' height="60" viewBox="', 1, "<svg> has height='60' of its own"),
        (' viewBox="', ' fill="red" viewBox="', 1, "<svg> has fill='red' of its own"),
    ],
)
def test_colors_fonts_and_sizes_of_its_own_are_named(problems, old, new, line, problem):
    assert problems(FLOW.replace(old, new)) == [
        f"book/diagrams/flow.svg:{line}: {problem}; use the classes of book/_static/diagram.css"
    ]


@pytest.mark.parametrize("tag", ["style", "script", "image", "foreignObject"])
def test_what_is_no_shape_is_named(problems, tag):
    assert problems(FLOW.replace("</svg>", f"  <{tag}/>\n</svg>")) == [
        f"book/diagrams/flow.svg:4: <{tag}> in a diagram; use the classes of "
        "book/_static/diagram.css, shapes and <text>"
    ]


@pytest.mark.parametrize(("name", "closest"), [("smallest", "small"), ("fill-7", "fill-")])
def test_a_class_that_does_not_exist_is_told_the_closest(problems, name, closest):
    (problem,) = problems(FLOW.replace("small", name))
    start = f"book/diagrams/flow.svg:3: there is no class {name!r}; closest: "
    assert problem.startswith(start + closest)


def test_the_classes_are_those_of_the_style_sheet_and_those_that_only_speak():
    assert {"box", "arrow", "dashed", "math", "name", "stroke-6", "paper"} <= diagrams.classes()
    assert not {"diagram", "head", "index", "svg"} & diagrams.classes()


def test_what_cannot_be_read_is_said_and_the_rest_is_looked_at(problems):
    found = problems(FLOW.replace(' viewBox="0 0 300 60"', ""))
    assert [problem.partition("flow.svg:1: ")[2].partition(";")[0] for problem in found] == [
        "a diagram starts at 0 0 and has whole sizes", ""
    ]  # fmt: skip
    assert found[1] == (
        "book/diagrams/labels.yml:2: 'Some words' is on no diagram; delete its translation"
    )
    (problem,) = problems(labels="- zh")
    assert problem.endswith("labels.yml:1: below each language stand lines `English: translation`")


def test_a_label_without_translation_is_named(problems):
    assert problems(labels="") == [
        "book/diagrams/flow.svg:3: the label 'some words' has no translation; write it below `zh:` "
        "in book/diagrams/labels.yml, or give the text the class code, math or name"
    ]


def test_a_translation_that_nothing_needs_is_named(problems):
    labels = f"{LABELS}  more words: 更多\n  flow:\n    other: 其他\n  gone:\n    other one: 其他\n"
    assert problems(labels=f"{labels}fr:\n  a: b\n") == [
        "book/diagrams/labels.yml:3: 'more words' is on no diagram; delete its translation",
        "book/diagrams/labels.yml:5: 'other' is not on the diagram 'flow'; delete its translation",
        "book/diagrams/labels.yml:7: 'other one' is not on the diagram 'gone'; "
        "delete its translation",
        "book/diagrams/labels.yml:8: 'fr' is no language that labels are translated into; "
        "delete it",
    ]


def test_behind_a_language_that_is_none_the_rest_is_looked_at(problems):
    assert len(problems(labels=f"fr:\n  a: b\n{LABELS}  more words: 更多\n")) == 2


def test_a_translation_that_begins_no_line_is_named_at_the_first(problems):
    assert problems(labels="zh: {Some words: 一些字, more: 更多}\n") == [
        "book/diagrams/labels.yml:1: 'more' is on no diagram; delete its translation"
    ]


def test_a_diagram_that_no_page_shows_is_named(problems):
    assert problems(page="(sec-a)=\n# A\n") == [
        "book/diagrams/flow.svg:1: no page shows this diagram; delete it or write one"
    ]


@pytest.mark.parametrize("fence", ["::::", "```"])
def test_a_page_that_names_no_diagram_is_told_the_closest(problems, fence):
    page = f"{PAGE}\n{fence}{{diagram}} flaw\n:alt: None\n{fence}\n"
    assert problems(page=page) == [
        f"book/{language}/a.md:11: there is no book/diagrams/flaw.svg; closest: flow"
        for language in ("zh", "en")
    ]
