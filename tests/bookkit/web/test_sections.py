"""The index of sections: what it is made of, and that the script finds by it."""

import json

import pytest
from lxml.html import fragment_fromstring

from bookkit.languages import CHINESE
from bookkit.paths import BOOK, pages
from bookkit.web import search, sections

PAGE = """<article><h1 id="sec-loss">损失函数：代价</h1>
<p>衡量 <code>from_logits</code> 的差距。</p>
<h2 id="sec-mse">均方误差</h2><p>差距的平方。</p>
<div data-pagefind-weight="0.4"><pre>loss = mean_squared_error(x)  # squares</pre></div>
</article>"""


def test_a_page_is_divided_at_its_headings():
    page, section = sections.read("losses.html", fragment_fromstring(PAGE), 1)
    assert (page.address, page.heading, page.title) == (
        "losses.html",
        "损失函数：代价",
        page.heading,
    )
    assert (section.address, section.title) == ("losses.html#sec-mse", "损失函数：代价")
    assert (page.label, section.label) == ("losses", "sec-mse")
    assert page.text["from_logits"] == page.text["差距"] == 1


def test_of_code_only_names_are_indexed():
    _, section = sections.read("losses.html", fragment_fromstring(PAGE), 1)
    assert section.text["mean_squared_error"] == sections.CODE
    assert not {"squar", "squares", "los", "x"} & set(section.text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ｂａｔｃｈ LAYERS", ["batch", "layer"]),
        ("overfits overfitting over-fit", ["overfit", "overfit", "over", "fit"]),
        ("losses loss bias class classes", ["los", "los", "bias", "clas", "clas"]),
        ("studies study", ["stud", "stud"]),
        ("augmentation augmented", ["augment", "augment"]),
        ("过拟合", ["过拟", "拟合"]),
        ("第 2 层", ["第", "2", "层"]),
        ("from_logits", ["from", "logit", "from_logits"]),
    ],
)
def test_words_are_stems_and_pairs_of_characters(text, found):
    assert list(sections.words(text)) == found


def made(*headings, text=""):
    listed = [sections.Section(f"{at}.html", each, each, 1) for at, each in enumerate(headings)]
    for word in sections.words(text):
        listed[0].text[word] += 1
    return listed


def test_headings_say_more_than_text():
    said = sections.weights(made("loss", "epoch", "batch", text="the epoch ends"), {})
    assert said["epoch"][1] > said["epoch"][0] > 0


def test_what_readers_call_a_section_counts_as_its_heading():
    said = sections.weights(made("loss", "epoch"), {"1": ["round"]})
    assert said["round"][1] > 0.9 * said["epoch"][1]  # which is the title of its page, too


def test_what_readers_call_a_page_counts_as_its_title():
    page = sections.Section("loss.html", "loss", "loss", 1)
    part = sections.Section("loss.html#sec-mse", "squares", "loss", 1)
    said = sections.weights([page, part, *made("epoch")], {"loss": ["price"]})
    assert said["pric"] == pytest.approx(said["los"])
    assert said["pric"][0] > said["pric"][1] > 0


def test_headings_in_lists_say_less():
    chapter, entry = made("adam", "adam")
    entry.weight = 0.2
    said = sections.weights([chapter, entry, *made("loss")], {})
    assert said["adam"][1] < 0.8 * said["adam"][0]


def test_headings_of_many_sections_weaken_their_text():
    repeated = ["exercises"] * (sections.OFTEN + 1)
    many = sections.weights(made(*repeated, "loss", text="adam"), {})
    few = sections.weights(made("one", *repeated[1:], "loss", text="adam"), {})
    assert many["adam"][0] < few["adam"][0]


def test_pairs_with_binding_characters_are_left_out():
    listed = made("一", "二", text="损失的平方")
    listed[1].text.update(listed[0].text)
    said = sections.weights(listed, {})
    assert "损失" in said
    assert not {"失的", "的平"} & set(said)


def test_sections_are_written_as_distances():
    said = {"loss": {0: 10.0, 1: 5.0, 9: 10.0}, "rare": {3: 0.01}}
    assert sections.encode(said) == {"loss": "je8j"}


def test_names_of_the_glossary_in_all_languages_are_one_thing():
    groups = sections.synonyms([["RAM", "显存"], ["过拟合", "overfit"]])
    (overfitting,) = [group for group in groups if "过拟合" in group]
    assert {"overfitting", "over-fitting", "过度拟合", "overfit"} <= set(overfitting)
    (lstm,) = [group for group in groups if "lstm" in group]
    assert {"long short-term memory", "长短期记忆网络"} <= set(lstm)
    assert ["ram", "显存"] in groups


def test_traditional_characters_are_those_that_the_index_needs():
    assert sections.traditional(set("过拟")) in ("過过擬拟", "擬拟過过")
    assert sections.traditional(set("abc")) == ""


def test_what_readers_say_names_sections_of_the_book():
    words = sections.readers()
    labels = set(pages(BOOK / "en"))
    for path in (BOOK / "en").rglob("*.md"):
        labels.update(search_labels(path.read_text("utf-8")))
    assert set(words["called"]) <= labels
    assert all({*names} == {"zh", "en"} for names in words["called"].values())


def search_labels(text):
    return [
        line[1:-2] for line in text.splitlines() if line.startswith("(sec-") and line[-1] == "="
    ]


HEADINGS = ["Overfitting", "Learning rate: steps", "Loss functions", "卷积核与池化", "CNN", "其他"]


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("overfits", "Overfitting"),
        ("过拟合", "Overfitting"),
        ("過擬合", "Overfitting"),
        ("over-fitting", "Overfitting"),
        ("学习率", "Learning rate: steps"),
        ("how do I choose the learning rate", "Learning rate: steps"),
        ("cost function", "Loss functions"),
        ("ＣＮＮ", "CNN"),
        ("池化", "卷积核与池化"),
        ("filter", "卷积核与池化"),
        ("overf", "Overfitting"),
    ],
)
def test_the_script_reads_what_python_wrote(finder, query, heading):
    assert finder(HEADINGS, query)[0] == heading


@pytest.mark.parametrize(
    ("slip", "heading"),
    [
        ("lerning", "Learning rate: steps"),  # a letter too few
        ("learnning", "Learning rate: steps"),  # too many
        ("laerning", "Learning rate: steps"),  # two exchanged
        ("learming", "Learning rate: steps"),  # a wrong one
        ("functoins", "Loss functions"),  # in the ending
        ("Overfotting", "Overfitting"),
        ("leerningsrate", None),  # two slips
        ("gradent desc", "Gradient descent"),  # in a name of two words, not typed to its end
        ("stps", None),  # too short to say what was meant
    ],
)
def test_one_slip_in_a_word_is_mended(finder, slip, heading):
    assert finder([*HEADINGS, "Gradient descent"], slip)[:1] == [heading] * bool(heading)


@pytest.mark.parametrize(("known", "other"), [("steps", "stepe"), ("overf", "oven"), ("loss", "l")])
def test_words_of_the_book_are_as_typed(finder, known, other):
    (hit, *_) = finder([known, other, "x"], known)
    assert hit == known


def test_of_two_words_the_more_frequent_is_meant(finder):
    assert finder(["tables and cables", "cables", "cables again", "x"], "mables")[0] == "cables"


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("fully connected", "Dense layers"),  # two words, and no other thing begins so
        ("全连接", "Dense layers"),
        ("mean squared", "MSE"),
        ("mean", None),  # of several things
        ("支持", None),  # too short
        ("支持向量", "SVM"),
    ],
)
def test_a_name_may_be_typed_in_part(finder, query, heading):
    found = finder(["Dense layers", "MSE", "SVM", "Rest"], query)
    assert found[:1] == [heading] * bool(heading)


def test_the_name_that_was_typed_counts_more_than_the_others(finder):
    headings = ["Average mistakes", "Average errors", "x", "y"]
    assert finder(headings, "errors")[0] == "Average errors"
    assert finder(headings, "mistakes")[0] == "Average mistakes"


def test_what_was_pasted_has_no_slips(finder):
    assert finder(HEADINGS, "lerning")[0] == "Learning rate: steps"
    assert finder(HEADINGS, "lerning " + "☃" * 80) == []


def test_a_short_heading_comes_before_a_long_one(finder):
    headings = [
        "The learning rate and its curve",
        "Learning rate",
        "Rates of learning and so on",
        "x",
    ]
    assert finder(headings, "learning rate")[0] == "Learning rate"


@pytest.mark.parametrize("query", ["", "?", "🤖", "__proto__", "constructor", "zzz"])
def test_what_no_section_has_finds_none(finder, query):
    assert finder(HEADINGS, query) == []


def test_the_index_of_a_page_is_a_script():
    found = sections.read("losses.html", fragment_fromstring(PAGE), search.weight("x"))
    text = sections.script(found, CHINESE)
    record = json.loads(text.removeprefix("window.bookSections = ").removesuffix(";\n"))
    assert record["sections"][1] == ["losses.html#sec-mse", "均方误差"]
    assert record["terms"]["均方"]
    assert "怎么办" in record["fillers"]
