"""Counts and probabilities by hand; each distribution sums to 1."""

import pytest

from kerasbook.outlook.attention import ngrams as page


def test_counts_by_hand():
    once = page.context_counts("abac", 1, distinct=False)
    assert once == {"a": {"b": 1, "c": 1}, "b": {"a": 1}}
    # of the pairs ba, ab, ac, each letter ends one, however often it comes
    none = page.context_counts("ababac", 0, distinct=True)
    assert none == {"": {"a": 1, "b": 1, "c": 1}}


def test_a_probability_by_hand():
    tables = page.ngram_counts("abac", 2)
    # no context: (1 - 0.5 + 0.5 * 3 * 1/3) / 3 = 1/3
    settings = {"vocab_size": 3, "discount": 0.5}
    assert page.ngram_probability(tables, "", "b", **settings) == 1 / 3
    # after a: (1 - 0.5 + 0.5 * 2 * 1/3) / 2 = 5/12
    probability = page.ngram_probability(tables, "a", "b", **settings)
    assert probability == pytest.approx(5 / 12)
    unseen = page.ngram_probability(tables, "c", "b", **settings)
    assert unseen == 1 / 3


@pytest.mark.parametrize("context", ["", "a", "ab", "zz", "the ab"])
def test_probabilities_sum_to_one(context):
    text = "abracadabra, a bad cab"
    characters = sorted(set(text) | {"z"})
    tables = page.ngram_counts(text, 4)
    probabilities = [
        page.ngram_probability(tables, context, c, vocab_size=len(characters)) for c in characters
    ]
    assert sum(probabilities) == pytest.approx(1)
    assert min(probabilities) > 0


def test_perplexity_is_one_over_the_geometric_mean():
    assert page.perplexity([1 / 2, 1 / 8]) == pytest.approx(4)


def test_probabilities_leave_the_first_character_out():
    tables = page.ngram_counts("abac", 2)
    found = page.ngram_probabilities(tables, "cab", vocab_size=3, discount=0.5)
    assert found == pytest.approx([1 / 3, 5 / 12])


def test_a_text_of_one_character_is_no_surprise():
    tables = page.ngram_counts("aaaaaaaaaaaa", 3)
    assert page.ngram_probabilities(tables, "aaaa", vocab_size=1) == pytest.approx(1)


def test_nobody_knows_anything_without_counts():
    tables = page.ngram_counts("", 2)
    assert page.ngram_probabilities(tables, "abc", vocab_size=5) == pytest.approx(1 / 5)
