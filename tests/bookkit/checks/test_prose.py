"""How pages are written: what the checks find, and what they let pass."""

import pytest

from bookkit.checks import prose

HEAD = "(sec-a)=\n# {}\n\n"


@pytest.fixture
def faults(project):
    def check(zh="一段话。\n", en="A passage.\n", **others):
        pages = {"zh": HEAD.format("甲") + zh, "en": HEAD.format("A") + en}
        book = project({f"book/{name}/page.md": text for name, text in pages.items()} | others)
        return [*prose.chinese(book), *prose.english(book)]

    return check


def test_well_kept_prose_passes(faults):
    zh = "用 Keras 训练 3 轮，得到“the same”一词。\n\n```{code-cell} ipython3\nx='标签'+y\n```\n"
    en = "The loss of `fit` `evaluate` falls from 39,425 to 12. CIFAR-10's images stay.\n"
    assert faults(zh, en) == []


@pytest.mark.parametrize(
    ("text", "mended"),
    [("用Keras训练。", "用 Keras 训练。"), ("损失下降,精度上升。", "损失下降，精度上升。"),
     ("只有 “a” 可以。", "只有“a”可以。")],
)  # fmt: skip
def test_chinese_spacing_and_punctuation_are_mended_in_the_message(faults, text, mended):
    assert faults(zh=f"{text}\n") == [f"book/zh/page.md:4: {text!r} should be {mended!r}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "**Keras**与它。",
            "a space is missing between Chinese and Latin letters or digits: …Keras与它",
        ),
        ("共**3**轮。", "a space is missing between Chinese and Latin letters or digits: …共3轮"),
        ("一个,另一个。", "half-width punctuation in Chinese: …一个,另一个"),
        ("请您看。", "您 instead of 你: …请您看"),
        ("![图,一](a.png)", "half-width punctuation in Chinese: …图,一"),
    ],
)
def test_what_the_tool_does_not_see_in_chinese_is_found_too(project, text, fault):
    book = project({"book/zh/page.md": f"{HEAD.format('甲')}{text}\n"})
    assert [each.rstrip("。…") for each in prose.punctuation(book)][-1:] == [
        f"book/zh/page.md:2: {fault}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "训练`x`model",
        "训练\\\nKeras",
        "训练{ref}`a`model",
        "训练$x$model",
        "用 Keras\n训练",
        "English, only: x.",
    ],
)
def test_code_and_formulas_are_no_letters(project, text):
    book = project({"book/zh/page.md": f"{HEAD.format('甲')}{text}\n"})
    assert list(prose.punctuation(book)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [("It is a very large model.", "very"), ("The the model learns.", "The the"),
     ("Models hold your own.", "hold your own")],
)  # fmt: skip
def test_worn_phrases_and_repetitions_in_english_are_named(faults, text, words):
    (fault,) = faults(en=f"Words before.\n\n{text}\n")
    assert fault.startswith(f"book/en/page.md:2: {words!r}: ")


def test_a_fault_stands_at_its_section_and_no_passage_goes_on_in_the_next(faults):
    text = "It is a very large model, says the\n\nthe\n\n(sec-b)=\n## B\n\nIt is very large.\n"
    found = [fault.partition(": ")[0] for fault in faults(en=text)]
    assert found == ["book/en/page.md:2", "book/en/page.md:9"]


def test_what_a_fault_says_around_it_is_short(project):
    text = "零一二三四五六七八九十甲乙丙,丁一二三四五六七八九十甲乙丙"
    book = project({"book/zh/page.md": f"{HEAD.format('甲')}{text}\n"})
    assert list(prose.punctuation(book)) == [
        "book/zh/page.md:2: half-width punctuation in Chinese: "
        "…一二三四五六七八九十甲乙丙,丁一二三四五六七八九十甲乙…"
    ]


def test_words_in_quotation_marks_are_not_the_books_own(faults):
    assert faults(en='An "unclosed mark.\n\nThe article says "a very large model".\n') == []
    assert len(faults(en='An "unclosed mark.\n\nThe article has a very large model.\n')) == 1


def test_a_quotation_is_what_its_marks_hold(faults):
    assert faults(en='It says "very good".\n\nIt says "very good".\n') == []
    assert faults(**{"book/en/b.md": '(sec-b)=\n# "Very good" is said\n'}) == []
    assert len(faults(**{"book/en/b.md": '(sec-b)=\n# "One" very good\n'})) == 1


def test_a_fault_stands_at_its_section_after_many_passages(faults):
    some = "Words.\n\n" * 20
    text = f"{some}A very large model.\n\n(sec-b)=\n## B\n\n{some}"
    assert [fault.partition(": ")[0] for fault in faults(en=text)] == ["book/en/page.md:2"]


def test_code_and_formulas_are_not_prose(faults):
    assert faults(en="Call `very very` with $x$ $x$, the `a` the.\n") == []


def test_a_page_without_a_word_has_no_fault(faults):
    assert faults(**{"book/en/empty.md": ""}) == []
