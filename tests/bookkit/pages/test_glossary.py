"""What `glossary.yml` says of a term."""

import pytest

from bookkit.errors import PageError
from bookkit.languages import LANGUAGES
from bookkit.pages import glossary
from bookkit.paths import BOOK

ENTRY = """\
tasks:
- en: conditional random field (CRF)
  zh: 条件随机场
  at: sec-crf
  is: {en: A model., zh: 模型。}
  also: {zh: [CRF]}
  typed: [CRFs]
"""


def read(folder, text):
    (folder / "glossary.yml").write_text(text, encoding="utf-8")
    return glossary.read(folder)


def test_a_term_has_names_a_definition_a_section_and_a_line(tmp_path):
    (term,) = read(tmp_path, ENTRY)
    assert (term.group, term.section, term.line) == ("tasks", "sec-crf", 2)
    assert term.called("en") == ("conditional random field", "CRF")
    assert term.called("zh") == ("条件随机场", "CRF")
    assert term.definitions["zh"] == "模型。"
    assert term.typed == ("CRFs",)
    assert term.label == "term-conditional-random-field-crf"


def test_a_book_without_a_glossary_has_no_terms(tmp_path):
    assert glossary.read(tmp_path) == []


@pytest.mark.parametrize(
    ("lost", "missing"),
    [("  zh: 条件随机场\n", "zh"), ("  at: sec-crf\n", "at"), (", zh: 模型。", "is/zh")],
)
def test_an_entry_that_lacks_a_key_is_named_with_its_line(tmp_path, lost, missing):
    with pytest.raises(PageError, match=rf"glossary.yml:2: .*lacks {missing}; write it"):
        read(tmp_path, ENTRY.replace(lost, ""))


def test_the_glossary_of_the_book_has_320_terms_each_with_a_name_of_its_own():
    terms = glossary.read(BOOK)
    assert len(terms) >= 320
    for language in LANGUAGES:
        names = [term.names[language].casefold() for term in terms]
        assert sorted(set(names)) == sorted(names)
        for term in terms:
            assert len(set(term.called(language))) == len(term.called(language)), term.names
    labels = [term.label for term in terms]
    assert len(set(labels)) == len(labels)
