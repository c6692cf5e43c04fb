"""The records of the languages."""

from bookkit.languages import WORDS


def test_both_languages_have_the_same_words():
    assert list(WORDS["zh"]) == list(WORDS["en"])
