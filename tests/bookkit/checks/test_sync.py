"""Prose that changed in one language: who says so, and what records that it was read again."""

import hashlib
import json

import pytest

from bookkit.checks import sync
from bookkit.errors import BookError

SECTIONS = ["index#sec-index", "part/page#sec-a", "part/page#sec-b", "part/page#sec-c"]
PLACES = ["zh/index.md:2", "zh/part/page.md:7", "zh/part/page.md:12", "zh/part/page.md:37"]


@pytest.fixture
def changed(project):
    """Return a function that changes a passage of a page and reads the pages again."""

    def change(old="", new="", language="en"):
        name = f"book/{language}/part/page.md"
        text = (project({}).root / name).read_text(encoding="utf-8")
        assert not old or text.count(old) == 1
        return project({name: text.replace(old, new) if old else text})

    return change


@pytest.fixture
def recorded(project, twins):
    """Record all sections and return the file that holds them."""
    book = project(twins)
    assert sync.record(book, "all") == SECTIONS
    return book.folder / "sync.json"


def cured(section, languages, line=None):
    return (
        f"book/{line or PLACES[SECTIONS.index(section)]}: prose changed in {languages}; "
        f"read both languages again, then: make sync SECTION={section}"
    )


def test_without_a_record_every_section_has_to_be_read(project, twins):
    assert list(sync.check(project(twins))) == [cured(name, "zh and en") for name in SECTIONS]


def test_all_sections_are_recorded_at_once(changed, recorded):
    assert list(sync.check(changed())) == []
    stored = json.loads(recorded.read_text(encoding="utf-8"))
    assert sorted(stored) == SECTIONS
    assert {tuple(sorted(one)) for one in stored.values()} == {("en", "zh")}
    assert list(recorded.parent.glob("*.[tT]*")) == []


def test_the_record_is_a_file_that_people_can_compare(recorded):
    text = recorded.read_text(encoding="utf-8")
    start = (
        '{\n "index#sec-index": {\n  "en": "4b68ab3847feda7d",\n  "zh": "4b68ab3847feda7d"\n },\n'
    )
    assert text.startswith(start)
    prose = (
        "One\nSee {cite:p}`lecun1998`, ![a dot](dot.png), $x \\text{ if } y$\n"
        "and {ref}`the second section <sec-b>`.\nAnother paragraph."
    )
    hashed = hashlib.sha256(prose.encode()).hexdigest()[:16]
    assert json.loads(text)["part/page#sec-a"]["en"] == hashed


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("Another paragraph", "A better paragraph", 8),
        ("# One\n", "# The one\n", 8),
        (r"\text{ if }", r"\text{ when }", 8),
        ("One dot.", "A caption.", 16),
        (":alt: a dot", ":alt: a small dot", 16),
        ("{dropdown} Answer", "{dropdown} Show it", 16),
        ("Inside,", "Deep inside,", 16),
    ],
)
def test_prose_that_changes_alone_is_named_with_its_line_and_the_cure(
    changed, recorded, old, new, line
):
    section = {8: "part/page#sec-a", 16: "part/page#sec-b"}[line]
    book = changed(old, new)
    assert list(sync.check(book)) == [cured(section, "en", f"en/part/page.md:{line}")]


def test_both_languages_changed_is_said_of_both(changed, recorded):
    changed("Inside,", "Deep inside,")
    book = changed("里面 ", "在里面 ", "zh")
    assert list(sync.check(book)) == [cured("part/page#sec-b", "zh and en")]


def test_a_change_of_code_alone_asks_nobody_to_read_again(changed, recorded):
    changed("x = 1", "x = 2", "zh")
    assert list(sync.check(changed("x = 1", "x = 2"))) == []


def test_a_heading_without_a_label_is_not_asked_for(changed, recorded):
    assert list(sync.check(changed("(sec-b)=\n", ""))) == [
        cured("part/page#sec-b", "en", "zh/part/page.md:12")
    ]
    assert list(sync.check(changed("(sec-b)=\n", "", "zh"))) == []


@pytest.mark.parametrize("name", ["sec-a", "part/page#sec-a"])
def test_one_section_is_recorded_by_its_label(changed, recorded, name):
    changed("Another paragraph", "Better")
    book = changed("Inside,", "Deep inside,")
    assert sync.record(book, name) == ["part/page#sec-a"]
    assert list(sync.check(book)) == [cured("part/page#sec-b", "en", "en/part/page.md:16")]


def test_a_page_is_recorded_whole_and_only_what_had_changed_is_told(changed, recorded):
    book = changed("Inside,", "Deep inside,")
    assert sync.record(book, "part/page") == ["part/page#sec-b"]
    assert list(sync.check(book)) == []
    assert sync.record(book, "part/page") == []


@pytest.mark.parametrize(
    ("name", "closest"),
    [
        ("sec-z", "sec-c, sec-b, sec-a"),
        ("part/pgae", "part/page, part/page#sec-c, part/page#sec-b"),
        ("sec-indx", "sec-index, index#sec-index, sec-c"),
        ("", "none"),
    ],
)
def test_an_unknown_section_is_told_the_closest_names(changed, recorded, name, closest):
    before = recorded.read_bytes()
    with pytest.raises(BookError) as caught:
        sync.record(changed(), name)
    assert str(caught.value) == (
        f"SECTION names a page, a label, PAGE#LABEL, or all. Received: SECTION={name!r}. "
        f"Closest: {closest}"
    )
    assert recorded.read_bytes() == before


def test_sections_that_are_gone_leave_the_record_which_is_sorted(changed, recorded):
    changed("(sec-b)=", "(sec-0)=", "zh")
    book = changed("(sec-b)=", "(sec-0)=")
    assert sync.record(book, "sec-0") == ["part/page#sec-0"]
    assert list(json.loads(recorded.read_text(encoding="utf-8"))) == [
        "index#sec-index",
        "part/page#sec-0",
        "part/page#sec-a",
        "part/page#sec-c",
    ]


@pytest.mark.parametrize(
    ("sections", "lines"),
    [
        (["a#sec-1"], ["recorded: a#sec-1"]),
        (["a#sec-1", "a#sec-2", "b#sec-3"], ["recorded: a, 2 sections", "recorded: b#sec-3"]),
        ([], ["nothing to record: no prose changed since both languages were read"]),
    ],
)
def test_what_was_recorded_takes_one_line_a_page(sections, lines):
    assert list(sync.summary(sections)) == lines
