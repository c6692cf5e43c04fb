"""The records of the languages."""

from itertools import pairwise

from bookkit.languages import FALLBACK, LANGUAGES, ORIGINAL

SETS = ("words", "browser", "labels")


def test_all_languages_have_the_same_words():
    for one, other in pairwise(LANGUAGES.values()):
        for words in SETS:
            assert list(getattr(one, words)) == list(getattr(other, words)), words


def test_the_first_language_is_the_one_that_runs_and_readers_of_others_get_one_of_them():
    assert next(iter(LANGUAGES)) == ORIGINAL
    assert FALLBACK in LANGUAGES


def test_no_two_languages_share_an_address_or_a_tag():
    for field in ("code", "tag", "locale", "name"):
        assert len({getattr(record, field) for record in LANGUAGES.values()}) == len(LANGUAGES)
