"""The records of the languages."""

import re
from itertools import pairwise

import pytest

from bookkit.errors import BookError
from bookkit.languages import FALLBACK, LANGUAGES, ORIGINAL, read_words
from bookkit.paths import ROOT

SETS = ("words", "browser", "labels")


def test_all_languages_have_the_same_words():
    for one, other in pairwise(LANGUAGES.values()):
        for words in SETS:
            assert list(getattr(one, words)) == list(getattr(other, words)), words


ONE = """
name: One
browser: {found: {one: "{n} page", other: "{n} pages"}, digit: {clear: Clear}}
theme: {}
"""


@pytest.mark.parametrize(
    ("other", "missing", "file"),
    [
        (ONE.replace("clear: Clear", ""), "browser/digit/clear", "ja.yml"),
        (ONE.replace("theme: {}", "theme: {}\nsince: 1"), "since", "en.yml"),
        (ONE.replace("name: One\n", ""), "name", "ja.yml"),
    ],
)
def test_words_that_lack_a_key_name_key_file_and_who_has_it(tmp_path, other, missing, file):
    for code, text in (("en", ONE), ("ja", other)):
        (tmp_path / f"{code}.yml").write_text(text, encoding="utf-8")
    having = "en" if file == "ja.yml" else "ja"
    message = f"{tmp_path / file}: {missing} is missing; translate it, it is there in: {having}"
    with pytest.raises(BookError, match=f"^{re.escape(message)}$"):
        read_words(tmp_path, ("en", "ja"))


def test_plural_forms_and_what_the_theme_leaves_may_differ(tmp_path):
    other = ONE.replace('one: "{n} page", ', "").replace("theme: {}", "theme: {Search: 検索}")
    for code, text in (("en", ONE), ("ja", other)):
        (tmp_path / f"{code}.yml").write_text(text, encoding="utf-8")
    words = read_words(tmp_path, ("en", "ja"))
    assert words["ja"]["browser"]["found"] == {"other": "{n} pages"}
    assert words["ja"]["theme"] == {"Search": "検索"}


def test_a_language_without_words_is_told_where_to_write_them(tmp_path):
    message = f"{tmp_path / 'ja.yml'}: no words of 'ja'; copy those of another language here"
    with pytest.raises(BookError, match=f"^{re.escape(message)}$"):
        read_words(tmp_path, ("ja",))


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
