"""Are the two languages in step?"""

import json
from pathlib import Path

import pytest

from bookkit.checks import parity
from bookkit.errors import BookError

ZH = r"""---
file_format: mystnb
title: 一
bookkit: {data: [cifar10]}
---
(sec-a)=
# 一

见 {ref}`第二节 <sec-b>`、{cite:p}`lecun1998` 与 ![点](dot.png)，$x \text{ 若 } y$。

(sec-b)=
## 二

$$
a = b
$$ (eq-a)

```{code-cell} ipython3
:tags: [hide-input]
x = 1
```

```{cell-figure}
:alt: 点
:name: fig-x

一个点。
```

::::{dropdown} 答案
:::{dropdown} 内
里面 {ref}`sec-a`。
:::
::::

(sec-c)=
### 三

完。
"""
EN = r"""---
file_format: mystnb
title: One
description: The first page
bookkit: {data: [cifar10]}
---
(sec-a)=
# One

See {cite:p}`lecun1998`, ![a dot](dot.png), $x \text{ if } y$
and {ref}`the second section <sec-b>`.

Another paragraph.

(sec-b)=
## Two

$$
a = b
$$ (eq-a)

```{code-cell} ipython3
:tags: [hide-input]
x = 1
```

```{cell-figure}
:alt: a dot
:name: fig-x

One dot.
```

::::{dropdown} Answer
:::{dropdown} Inner
Inside, {ref}`sec-a`.
:::
::::

(sec-c)=
### Three

The end.
"""


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = tmp_path / "book"
    for language, text in (("zh", ZH), ("en", EN)):
        (book / language / "part").mkdir(parents=True)
        (book / language / "part" / "page.md").write_text(text, encoding="utf-8")
        (book / language / "index.md").write_text("(sec-index)=\n# X\n", encoding="utf-8")
    return book


def edit(book, old, new, language="en"):
    """Change one passage of the page and return the line, from 1, at which it stands."""
    path = book / language / "part" / "page.md"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_twins_that_differ_only_in_words_are_in_step(book):
    assert parity.check(book) == []


A, B, C = (
    f"book/zh/part/page.md:{ZH[: ZH.index(head)].count(chr(10)) + 1}: %s "
    f"(twin: book/en/part/page.md:{EN[: EN.index(twin)].count(chr(10)) + 1})"
    for head, twin in (("# 一", "# One"), ("## 二", "## Two"), ("### 三", "### Three"))
)
CELL = (
    "book/zh/part/page.md:18: code cells differ in section sec-b: cells are equal to the byte, "
    "metadata too; copy one over the other (twin: book/en/part/page.md:22)"
)
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
    "label used twice": (
        "(sec-c)=",
        "(sec-b)=",
        [
            "book/en/part/page.md:41: the label 'sec-b' is used twice",
            C % "heading sec-c (level 3) stands against sec-b (level 3)",
        ],
    ),
    "label of a paragraph": (
        "Another",
        "(par-a)=\nAnother",
        [A % "only in English, section sec-a: label 'par-a'"],
    ),
    "name of a figure": (
        ":name: fig-x",
        ":name: fig-y",
        [
            B % "only in Chinese, section sec-b: cell-figure option ':name: fig-x'",
            B % "only in English, section sec-b: cell-figure option ':name: fig-y'",
        ],
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
    "directive missing": (
        "::::{dropdown} Answer\n:::{dropdown} Inner\nInside, {ref}`sec-a`.\n:::\n::::\n",
        "Inside, {ref}`sec-a`.\n",
        [
            B % "directives differ in sec-b: ['cell-figure', 'dropdown', 'dropdown'] "
            "against ['cell-figure']"
        ],
    ),
    "directive inside another": (
        ":::{dropdown} Inner",
        ":::{cell-figure} Inner",
        [
            B % "directives differ in sec-b: ['cell-figure', 'dropdown', 'dropdown'] "
            "against ['cell-figure', 'dropdown', 'cell-figure']"
        ],
    ),
    "equation": (
        "a = b\n",
        "a = c\n",
        [
            B % "only in Chinese, section sec-b: equation 'a = b'",
            B % "only in English, section sec-b: equation 'a = c'",
        ],
    ),
    "inline equation": (
        r"$x \text{ if } y$",
        r"$x \text{ if } z$",
        [
            A % "only in Chinese, section sec-a: equation 'x  y'",
            A % "only in English, section sec-a: equation 'x  z'",
        ],
    ),
    "label of an equation": (
        "$$ (eq-a)",
        "$$ (eq-b)",
        [
            B % "only in Chinese, section sec-b: equation label 'eq-a'",
            B % "only in English, section sec-b: equation label 'eq-b'",
        ],
    ),
    "image": (
        "(dot.png)",
        "(dash.png)",
        [
            A % "only in Chinese, section sec-a: image 'dot.png'",
            A % "only in English, section sec-a: image 'dash.png'",
        ],
    ),
    "target of a reference": (
        "<sec-b>",
        "<sec-c>",
        [
            A % "only in Chinese, section sec-a: ref role 'sec-b'",
            A % "only in English, section sec-a: ref role 'sec-c'",
        ],
    ),
    "target of a reference deep inside": (
        "{ref}`sec-a`",
        "{ref}`sec-c`",
        [
            B % "only in Chinese, section sec-b: ref role 'sec-a'",
            B % "only in English, section sec-b: ref role 'sec-c'",
        ],
    ),
    "cite key": (
        "lecun1998",
        "lecun1989",
        [
            A % "only in Chinese, section sec-a: cite:p role 'lecun1998'",
            A % "only in English, section sec-a: cite:p role 'lecun1989'",
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
def test_a_difference_is_reported_with_both_places(book, old, new, expected):
    edit(book, old, new)
    assert parity.check(book) == expected


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
def test_words_may_differ(book, old, new):
    edit(book, old, new)
    assert parity.check(book) == []


def test_the_order_of_sections_must_agree(book):
    edit(book, "(sec-c)=\n### Three", "(sec-d)=\n### Four\n\n(sec-c)=\n### Three")
    assert parity.check(book) == [
        C % "heading sec-c (level 3) stands against sec-d (level 3)",
    ]


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_a_page_without_a_twin_names_the_page_to_write(book, language, other):
    (book / language / "part" / "alone.md").write_text("(sec-x)=\n# X\n", encoding="utf-8")
    assert parity.check(book) == [
        f"book/{language}/part/alone.md:1: has no twin: write book/{other}/part/alone.md"
    ]


SECTIONS = ["index#sec-index", "part/page#sec-a", "part/page#sec-b", "part/page#sec-c"]


@pytest.fixture
def record(book):
    record = book / "sync.json"
    assert parity.record_sync("all", book, record) == SECTIONS
    return record


def cured(section, languages):
    return (
        f"{section}: prose changed in {languages}; "
        f"read both languages again, then: make sync SECTION={section}"
    )


def test_without_a_record_every_section_has_to_be_read(book):
    problems = parity.check_sync(book, book / "sync.json")
    assert problems == [cured(section, "zh and en") for section in SECTIONS]


def test_all_sections_are_recorded_at_once(book, record):
    assert parity.check_sync(book, record) == []
    stored = json.loads(record.read_text(encoding="utf-8"))
    assert sorted(stored) == SECTIONS
    assert {tuple(sorted(one)) for one in stored.values()} == {("en", "zh")}
    assert [path.name for path in book.iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        ("Another paragraph.", "Another, better paragraph.", "part/page#sec-a"),
        ("# One\n", "# The one\n", "part/page#sec-a"),
        ("One dot.", "A caption.", "part/page#sec-b"),
        (":alt: a dot", ":alt: a small dot", "part/page#sec-b"),
        ("{dropdown} Answer", "{dropdown} Show it", "part/page#sec-b"),
        ("Inside, ", "Deep inside, ", "part/page#sec-b"),
        (r"\text{ if }", r"\text{ when }", "part/page#sec-a"),
    ],
)
def test_prose_that_changes_alone_is_named_with_the_cure(book, record, old, new, section):
    edit(book, old, new)
    assert parity.check_sync(book, record) == [cured(section, "en")]


def test_both_languages_changed_is_said_of_both(book, record):
    edit(book, "The end.", "Fin.")
    edit(book, "完。", "终。", "zh")
    assert parity.check_sync(book, record) == [cured("part/page#sec-c", "zh and en")]


def test_a_change_of_code_alone_asks_nobody_to_read_again(book, record):
    for language in ("zh", "en"):
        edit(book, "x = 1", "x = 2", language)
    assert parity.check_sync(book, record) == []


@pytest.mark.parametrize("name", ["sec-a", "part/page#sec-a"])
def test_one_section_is_recorded_by_its_label(book, record, name):
    edit(book, "Another paragraph.", "Better.")
    edit(book, "The end.", "Fin.")
    assert parity.record_sync(name, book, record) == ["part/page#sec-a"]
    assert parity.check_sync(book, record) == [cured("part/page#sec-c", "en")]


@pytest.mark.parametrize("name", ["", "sec-z", "part/page"])
def test_an_unknown_section_lists_the_known_ones(book, record, name):
    before = record.read_bytes()
    with pytest.raises(BookError) as caught:
        parity.record_sync(name, book, record)
    assert str(caught.value) == (
        f"SECTION names a label, PAGE#LABEL, or all. Received: SECTION={name!r}. "
        f"Known: {', '.join(SECTIONS)}"
    )
    assert record.read_bytes() == before


def test_sections_that_are_gone_leave_the_record(book, record):
    for language in ("zh", "en"):
        edit(book, "(sec-c)=", "(sec-d)=", language)
    assert parity.check_sync(book, record) == [cured("part/page#sec-d", "zh and en")]
    assert parity.record_sync("sec-d", book, record) == ["part/page#sec-d"]
    assert sorted(json.loads(record.read_text(encoding="utf-8"))) == [
        *SECTIONS[:3],
        "part/page#sec-d",
    ]


def test_the_record_does_not_depend_on_the_folder(book, record, tmp_path):
    copy = tmp_path / "elsewhere" / "book"
    for path in book.rglob("*.md"):
        target = copy / path.relative_to(book)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    parity.record_sync("all", copy, Path("other.json"))
    assert Path("other.json").read_bytes() == record.read_bytes()
