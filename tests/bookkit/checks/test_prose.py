"""How pages are written: what the checks find, and what they let pass."""

import pytest

from bookkit.checks import prose

HEAD = "(sec-a)=\n# {}\n\n"


@pytest.fixture
def faults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(zh="一段话。\n", en="A passage.\n"):
        for language, title, text in (("zh", "甲", zh), ("en", "A", en)):
            (tmp_path / language).mkdir(exist_ok=True)
            page = tmp_path / language / "page.md"
            page.write_text(HEAD.format(title) + text, encoding="utf-8")
        return prose.check(tmp_path)

    return write


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
    assert faults(zh=f"{text}\n") == [f"zh/page.md:4: {text!r} should be {mended!r}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("It is a very large model.", "very"), ("The the model learns.", "The the"),
     ("Models hold your own.", "hold your own")],
)  # fmt: skip
def test_worn_phrases_and_repetitions_in_english_are_named(faults, text, words):
    (fault,) = faults(en=f"{text}\n")
    assert fault.startswith("en/page.md:")
    assert words.lower() in fault.lower()


def test_code_formulas_and_the_glossary_are_not_prose(faults, tmp_path):
    (tmp_path / "en").mkdir()
    table = HEAD.format("Glossary") + "| very | very |\n"
    (tmp_path / "en" / "glossary.md").write_text(table, encoding="utf-8")
    assert faults(en="Call `very very` with $x$ $x$.\n") == []


def test_the_book_is_well_kept():
    assert prose.check() == []
