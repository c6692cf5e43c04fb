"""One name for one thing: pairs that agree, definitions, and names that pages must not use."""

import pytest

from bookkit.checks import terms
from bookkit.pages import glossary

ZH = """\
(sec-glossary)=
# 术语表

| 中文 | English | 释义 | 本书不用 |
|---|---|---|---|
| 轮次 | epoch | 过一遍训练集。 | 纪元、训练世代 |
| 步 | step | 一次更新。 | |
"""
EN = """\
(sec-glossary)=
# Glossary

| English | 中文 | Definition | Not in this book |
|---|---|---|---|
| epoch | 轮次 | A pass over the training set. | training pass, era |
| step | 步 | One update. | |
"""


PAGE_ZH, PAGE_EN = "(sec-a)=\n# 甲\n\n三个轮次。\n", "(sec-a)=\n# A\n\nThree epochs.\n"


@pytest.fixture
def problems(project):
    def check(zh=PAGE_ZH, en=PAGE_EN, table_zh=ZH, table_en=EN):
        pages = {
            "book/zh/page.md": zh,
            "book/en/page.md": en,
            "book/zh/glossary.md": table_zh,
            "book/en/glossary.md": table_en,
        }
        return list(terms.check(project(pages)))

    return check


def test_a_term_is_read_with_its_pair_definition_and_unused_names():
    epoch, step, english = glossary.read(f"{ZH}| 英语 | English | 一种语言。 | |\n")
    assert epoch == glossary.Term(("轮次", "epoch"), "过一遍训练集。", ("纪元", "训练世代"), 6)
    assert (step.name, step.unused) == ("步", ())
    assert english.names == ("英语", "English")


def test_pages_that_keep_to_the_terms_pass(problems):
    assert problems() == []


@pytest.mark.parametrize(
    ("prose", "found"), [("三个纪元。", "纪元"), ("**训练世代**是什么？", "训练世代")]
)
def test_a_chinese_page_that_uses_another_name_is_told_the_term(problems, prose, found):
    (problem,) = problems(zh=f"(sec-a)=\n# 甲\n\n{prose}\n")
    assert problem.endswith(f"page.md:2: section sec-a says {found!r}; the book's term is '轮次'")


@pytest.mark.parametrize(("prose", "found"), [("An Era ends.", "Era"), ("two eras", "eras")])
def test_an_english_page_is_searched_by_words_in_any_case(problems, prose, found):
    (problem,) = problems(en=f"(sec-a)=\n# A\n\n{prose}\n")
    assert problem.endswith(f"says {found!r}; the book's term is 'epoch'")


@pytest.mark.parametrize(
    "prose", ["the `era` key", "operation", "[x](#era)", "{term}`era`", "$era$", "```\nera\n```"]
)
def test_code_links_formulas_and_parts_of_words_are_left_alone(problems, prose):
    assert problems(en=f"(sec-a)=\n# A\n\n{prose}\n") == []


def test_glossaries_with_different_pairs_are_told_the_first_one(problems):
    (problem,) = problems(table_en=EN.replace("| step | 步 |", "| step | 步骤 |"))
    assert problem.endswith(
        "glossary.md:7: the glossaries differ: ('步', 'step') against ('步骤', 'step')"
    )
    (problem,) = problems(table_en=EN.partition("| step")[0])
    assert problem.endswith("the glossaries differ: ('步', 'step') against None")


def test_glossaries_that_differ_in_every_row_are_told_the_first_one(problems):
    swapped = "\n".join([*EN.splitlines()[:5], *EN.splitlines()[:4:-1]]) + "\n"
    assert len(problems(table_en=swapped)) == 1


def test_a_glossary_in_one_language_only_is_no_business_of_terms(project):
    assert list(terms.check(project({"book/zh/glossary.md": ZH}))) == []


def test_a_term_that_one_glossary_lacks_is_named_and_definitions_are_asked_for_all_the_same(
    problems,
):
    found = problems(table_zh=ZH.partition("| 步")[0].replace("过一遍训练集。", ""))
    assert found == [
        "book/zh/glossary.md:1: the glossaries differ: None against ('步', 'step')",
        "book/zh/glossary.md:6: '轮次' has no definition",
    ]


def test_of_two_names_at_one_place_the_longer_one_is_found(problems):
    table = ZH.replace("纪元、", "训练、")
    (problem,) = problems(zh="(sec-a)=\n# 甲\n\n两个训练世代。\n", table_zh=table)
    assert "says '训练世代'" in problem


def test_names_at_the_edges_of_passages_and_links_are_found(problems):
    found = problems(en="(sec-a)=\n# A\n\nEra one\n\nand [the era](x) `or`\n\nera.\n")
    assert [problem.partition("; ")[0] for problem in found] == [
        f"book/en/page.md:2: section sec-a says {name!r}" for name in ("Era", "era", "era")
    ]


def test_a_name_may_end_like_a_plural(problems):
    table = EN.replace("era |", "Basis, eras |")
    (problem,) = problems(en="(sec-a)=\n# A\n\nThe basis.\n", table_en=table)
    assert problem.endswith("says 'basis'; the book's term is 'epoch'")


def test_the_lines_of_a_table_are_no_terms(problems):
    assert problems(table_en=EN.replace("|---|---|---|---|", "| :-- | --: |:---:| --- |")) == []


def test_a_term_without_a_definition_is_named(problems):
    (problem,) = problems(table_zh=ZH.replace("一次更新。", ""))
    assert problem.endswith("glossary.md:7: '步' has no definition")


def test_a_table_without_a_column_is_named_and_not_passed_over(problems):
    narrow = ZH.replace("|---|---|---|---|", "|---|---|---|").replace(" 本书不用 |", "")
    found = problems(table_zh=narrow)
    assert found[0] == (
        "book/zh/glossary.md:5: a table of the glossary has 4 columns: names in all languages, "
        "the definition, names that the book does not use"
    )
