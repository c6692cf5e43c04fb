"""Typed numbers on tiny pages: what passes, what is named and where, and the list with reasons."""

import pytest

from bookkit.checks import numbers
from bookkit.errors import PageError

HEAD = "(sec-a)=\n# A\n\n"
CELL = "```{code-cell} ipython3\nepochs, rate, rows = 60, 0.05, 2_000\n```\n\n"


@pytest.fixture
def found(project):
    """Return a function that says which numbers of one page are named, in either language."""

    def check(text, language="en", **files):
        book = project({f"book/{language}/page.md": HEAD + text} | files)
        return list(numbers.typed(book))

    return check


def report(line, digits, around, language="en"):
    return f"book/{language}/page.md:{line}: {digits} is typed in {around!r}: {numbers.CURE}"


@pytest.mark.parametrize(
    "text",
    [
        "The loss falls to {glue:text}`loss:.3f`, to {result}`task/recipe/loss/mean:.3f` on all.",
        "A slope of $0.318$, and:\n\n$$\n0.271\n$$",
        "Then 240 = 14400 / 60, 8 × 8 pixels, 3 × 4 + 5.5 = 17.5 and 96² of them.",
        "`units=128` has no number, `(77, 41)` neither.",
        "```{code-cell} ipython3\n---\ntags: [remove-cell]\n---\nx = 481\n```",
        ":::{figure} a.png\n:width: 640px\n:name: fig-88\n:alt: A dot.\n\nA dot.\n:::",
        "See §2.1.3, section 6.2, chapters 14 and 15, row 17, {numref}`fig-77`, [](#sec-2-1-33).",
        "13. A list may count far.\n14. And farther.",
        "Keras 3.15 on Python 3.11, since version 2.16, or 3.12.4, under CC BY 2.0.",
        "In 2017, on 2026-11-25, in November 2026, on March 27, 2015, or 27 March.",
        "CIFAR-10, WNUT-17, CLUENER2020, 20 Newsgroups, ResNet-18, F1, L2, float32, int8, YOLOv1.",
        "Conv2D in 1-D, 2D, 32-bit, the 25th, GPT-4.1, a shape of (32, 32, 3) or (64,).",
        "It takes 3 steps, 12 at most, from -1 to 0.",
        "| § | page |\n|---|---|\n| 1.2 | this one |",
        "The sides shrink 64 → 62 → 31 → 29.",
        "Alone, {cite:t}`lin2014` counted 118,287 images.",
        "There are [118,287 images](https://cocodataset.org).",
    ],
)  # fmt: skip
def test_what_no_measurement_is_passes(found, text):
    assert found(text + "\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "损失降到 {glue:text}`loss:.3f`，斜率是 $0.318$。",
        "8 × 8 像素，60 ÷ 2.5 = 24，96² 个像素，用 `units=128`。",
        "见第 14 章、第 6.2 节和 6.5 节、第 17 行、§2.1.3。",
        "自 Keras 3.15 和 Python 3.11 起，许可证是 Apache 2.0。",
        "2017 年，2026-11-25，2026 年 11 月，2015 年 3 月 27 日。",
        "用 CIFAR-10、CLUENER2020、20 Newsgroups、float32 和 Conv2D，形状是 (32, 32, 3)。",
        "存成 64 位浮点数。",
        "一共 3 步，最多 12 步，从 -1 到 0。",
        "{cite:t}`lin2014` 数出 118,287 张图像。",
        "{cite:t}`lin2014` 问“有多少？”，数出 118,287 张。",
    ],
)
def test_what_no_measurement_is_passes_in_chinese(found, text):
    assert found(text + "\n", "zh") == []


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ("0.847", "It reaches 0.847 on the test set."),
        ("389", "Of all images, 389 are right."),
        ("95.5", "An accuracy of 95.5%."),
        ("5", "Errors fall by 5%."),
        ("3", "It takes 3 minutes."),
        ("4", "It is 4 times faster."),
        ("2", "Errors fall by 2 points."),
        ("−0.3", "A loss of −0.3 is none."),
        ("1,797", "From 1,797 on."),
        ("0.91", "With JAX 0.91, or more."),
    ],
)
def test_a_typed_number_is_named_with_its_words(found, digits, text):
    assert found(text + "\n") == [report(4, digits, text)]


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ("0.847", "准确率达到 0.847。"),
        ("389", "测试集的 389 张都对。"),
        ("3", "用时 3 秒。"),
        ("4", "快 4 倍。"),
        ("2", "高 2 个百分点。"),
        ("5", "占 5%。"),
    ],
)
def test_a_typed_number_is_named_in_chinese(found, digits, text):
    assert found(text + "\n", "zh") == [report(4, digits, text, "zh")]


def test_roles_code_and_formulas_are_dots_in_the_message(found):
    assert found("**Now** `fit` $x$ gives 0.91, says [it](#sec-a).\n") == [
        report(4, "0.91", "Now … … gives 0.91, says it.")
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("![Bars up to 23](a.png)", report(4, "23", "Bars up to 23")),
        ("One line\\\nthen 17.", report(5, "17", "then 17.")),
        ("Of {glue:text}`all`, 389 are right.", report(4, "389", "Of …, 389 are right.")),
    ],
)
def test_pictures_hard_breaks_and_numbers_beside_a_role_are_read(found, text, named):
    assert found(f"{text}\n") == [named]


def test_each_number_is_named_at_its_own_line(found):
    text = (
        "One line,\nthen 17 and 18.\n\n"
        "| a | b |\n|---|---|\n| c | 19 |\n\n"
        ":::{dropdown} Answer of 21\n:open:\n\nIt is 22.\n:::\n\n"
        ":::{cell-figure}\n:name: fig-x\n:alt: Bars up to 23.\nBelow 24.\n:::\n\n"
        "(sec-b)=\n## Of 25\n\n1. First.\n\n   Then 26.\n"
    )
    assert [problem.split(" is typed")[0] for problem in found(text)] == [
        f"book/en/page.md:{place}"
        for place in (
            "5: 17", "5: 18", "9: 19", "11: 21", "14: 22", "19: 23", "20: 24", "24: 25", "28: 26"
        )
    ]  # fmt: skip


def test_a_setting_that_the_page_shows_may_be_named(found):
    text = "Train for 60 epochs at 0.05, that is 5%, on 2,000 rows.\n"
    assert found(CELL + text) == []
    assert [problem.split(":")[1] for problem in found(text)] == ["4", "4", "4", "4"]


def test_a_number_of_a_formula_or_of_code_may_be_named_on_its_page(found):
    assert found(
        "It is $10{,}000 / 16 = 625$: so 625 steps for 10,000, not `626`.\n\nThe 626 are 62.6%.\n"
    ) == [report(6, "62.6", "The 626 are 62.6%.")]


def test_a_source_counts_for_its_own_sentence(found):
    text = (
        "They saw 17 {cite:p}`lin2014`. We saw 18! They, 19 {cite:p}`lin2014`.\n"
        "We saw 21\nin {cite:p}`lin2014`.\n"
    )
    assert found(text) == [
        report(4, "18", "They saw 17 …. We saw 18! They, 19 …."),
        report(5, "21", "We saw 21"),
    ]


def test_a_row_begins_with_a_section_and_not_with_a_measurement(found):
    table = "| a | b |\n|---|---|\n| 0.71 | x |\n| x | 1.2 |\n"
    assert found(table) == [report(6, "0.71", "0.71 | x"), report(7, "1.2", "x | 1.2")]


def test_what_a_source_says_may_be_said_again(found):
    text = "They saw 1,797 {cite:p}`lin2014`.\n\nOf the 1,797 we take 1,408.\n"
    assert found(text) == [report(6, "1,408", "Of the 1,797 we take 1,408.")]


def test_a_source_counts_for_its_own_row_of_a_table(found):
    table = "| a | b |\n|---|---|\n| 0.71 | {cite:t}`lin2014` |\n| 0.72 | ours |\n"
    assert found(table) == [report(7, "0.72", "0.72 | ours")]


def test_a_setting_is_no_excuse_for_a_time_a_ratio_or_a_share(found):
    text = "It is 60 times as fast, takes 2,000 s, and 60% of it, all after 60 epochs.\n"
    assert [problem.split(":")[1] for problem in found(CELL + text)] == ["8", "8", "8"]
    assert found("As $120 / 2 = 60$, it is 60 times as fast; `share=0.05` is 5%.\n") == []


def test_the_list_lets_a_number_pass_and_each_entry_must_be_of_use(found):
    listed = (
        "# why\n"
        "en/page:\n"
        '  "1,797 digits": the size of a data set that does not change\n'
        '  "no more": it was\n'
        '  "of 389":\n'
        "zh/page:\n"
        '  "1,797 more": of the other language\n'
    )
    files = {"book/typed-numbers.yml": listed}
    assert found("The 1,797 digits, one of 389, and 1,797 more.\n", **files) == [
        report(4, "1,797", "digits, one of 389, and 1,797 more."),
        "book/typed-numbers.yml:4: en/page types no 'no more' that needs a reason: take it out",
        "book/typed-numbers.yml:5: 'of 389' has no reason: say why it may be typed",
        "book/typed-numbers.yml:7: zh/page types no '1,797 more' that needs a reason: take it out",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- en/page\n", "1: this is no list of words: write LANGUAGE/PAGE: and below it"),
        ("zh/page:\n  a: b\nen/page: 17\n", "3: this is no list of words"),
        ("en/page:\n  a: b: c\n", "2: no YAML: mapping values"),
    ],
)
def test_a_list_of_another_form_is_named(found, text, message):
    with pytest.raises(PageError, match=rf"typed-numbers\.yml:{message}"):
        found("A.\n", **{"book/typed-numbers.yml": text})
