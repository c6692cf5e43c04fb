"""The records of the languages."""

import re
from itertools import pairwise

import pytest

from bookkit.languages import FALLBACK, LANGUAGES, ORIGINAL
from bookkit.paths import ROOT

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


# What a reader of code would take for a decision: `"zh"`, but not the `lang` of a page of Python.
DECISION = re.compile(rf"""(?<!lang=)["'](?:{"|".join(LANGUAGES)})["']|zh[-_]CN""")
WORDS = re.compile("[\u3400-\u9fff]")
READERS = {
    DECISION: ("conf.py", "Makefile", "code/bookkit/**/*.py", "code/bench/*.py", "book/_*/**/*.*"),
    WORDS: ("conf.py", "Makefile", "book/_templates/**/*.*", "book/_static/*.*"),
}


@pytest.mark.parametrize("fact", READERS, ids=["decisions", "words"])
def test_facts_of_a_language_stand_in_its_record_alone(fact):
    files = {path for pattern in READERS[fact] for path in ROOT.glob(pattern)}
    files = {each for each in files if each.suffix != ".woff2" and each.name != "languages.py"}
    assert len(files) > 20
    found = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if fact.search(line)
    }
    assert found == set()
