"""Terms: said where they are taught, one in each heading, and no homemade word in their place."""

import pytest

from bookkit.checks import terms

GLOSSARY = """\
training:
- en: early stopping
  zh: 提前停止
  at: sec-a
  is: {en: Ending training., zh: 结束训练。}
  also: {en: [patience rule], zh: [早停]}
- en: epoch
  zh: 轮次
  at: sec-b
  is: {en: A pass., zh: 一遍。}
"""
ZH = """\
(sec-a)=
# 提前停止

验证集上不再变好时结束训练。

(sec-b)=
## 一个轮次

过一遍训练集。
"""
EN = """\
(sec-a)=
# Early-stopping

Ending the training.

(sec-b)=
## Three epochs

A pass over the training set.
"""
LISTS = """\
homemade:
  en: {luck: {say: noise, in: [sec-b]}}
  zh: {运气: {say: 噪声}}
"""


@pytest.fixture
def book(project):
    """Return a function that reads a book of one page, its terms and its lists."""

    def read(zh=ZH, en=EN, glossary=GLOSSARY, lists=LISTS):
        return project(
            {
                "book/zh/part/page.md": zh,
                "book/en/part/page.md": en,
                "book/glossary.yml": glossary,
                "book/terms.yml": lists,
            }
        )

    return read


def problems(book):
    checks = (terms.said, terms.headings, terms.homemade)
    return [problem for check in checks for problem in check(book)]


def test_terms_in_headings_with_hyphens_plurals_and_any_case_are_said(book):
    assert problems(book()) == []


def test_another_name_of_a_term_counts(book):
    zh = ZH.replace("# 提前停止", "# 早停")
    en = EN.replace("Early-stopping", "The patience rule")
    assert problems(book(zh=zh, en=en)) == []


def test_a_term_that_its_section_never_says_is_named_in_each_language(book):
    found = list(terms.said(book(en=EN.replace("Early-stopping", "Epochs and `early stopping`"))))
    assert found == []  # code says it, too
    found = list(terms.said(book(en=EN.replace("Early-stopping", "Epochs that end"))))
    assert found == [
        "book/glossary.yml:2: 'early stopping' is never said in sec-a; "
        "define it there in book/en, or name the section that does"
    ]
    (problem,) = terms.said(book(zh=ZH.replace("轮次", "圈")))
    assert problem.startswith("book/glossary.yml:7: '轮次' is never said in sec-b; ")


def test_a_term_of_a_section_that_is_missing_is_told_the_closest_one(book):
    found = list(terms.said(book(glossary=GLOSSARY.replace("at: sec-b", "at: sec-bb"))))
    assert found == [
        f"book/glossary.yml:7: {name!r} is taught in sec-bb, which is no section; "
        "name another: sec-b, sec-a"
        for name in ("轮次", "epoch")
    ]


def test_a_heading_without_a_term_is_named_unless_a_reason_stands_in_the_list(book):
    en = EN.replace("Three epochs", "What a pass is")
    found = list(terms.headings(book(en=en)))
    assert found == [
        "book/en/part/page.md:7: no term of the glossary in 'What a pass is': "
        "name the subject, or give the reason in book/terms.yml"
    ]
    assert list(terms.headings(book(en=en, lists="headings: {sec-b: a pun}"))) == []


def test_an_exception_that_is_none_is_named(book):
    assert list(terms.headings(book(lists="headings: {sec-b: a pun}"))) == [
        "book/terms.yml:1: the heading of sec-b has a term in all languages: take it out"
    ]


def test_a_heading_of_many_pages_needs_no_term(project):
    pages = {
        f"book/{language}/part/page{number}.md": f"(sec-p{number})=\n# Exercises\n"
        for language in ("zh", "en")
        for number in range(terms.OFTEN)
    }
    assert list(terms.headings(project({**pages, "book/glossary.yml": GLOSSARY}))) == []


def test_a_homemade_word_is_named_outside_its_section(book):
    en = EN.replace("the training.", "training by Luck; `luck` and [a word](#luck) are none.")
    zh = ZH.replace("过一遍", "凭运气过一遍")
    assert list(terms.homemade(book(zh=zh, en=en))) == [
        "book/en/part/page.md:2: section sec-a says 'Luck'; the field says 'noise'",
        "book/zh/part/page.md:7: section sec-b says '运气'; the field says '噪声'",
    ]
    assert list(terms.homemade(book(en=EN.replace("A pass", "By luck, a pass")))) == []


def test_parts_of_english_words_are_no_homemade_words(book):
    assert list(terms.homemade(book(en=EN.replace("the training.", "an unlucky pluck.")))) == []


def test_a_book_without_lists_has_nothing_to_hold(project):
    assert problems(project({"book/zh/page.md": ZH, "book/en/page.md": EN})) == []
