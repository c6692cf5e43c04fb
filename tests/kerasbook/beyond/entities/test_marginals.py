"""Marginals against sums over all paths; which spans are kept."""

import itertools

import numpy as np
import pytest

from kerasbook.beyond.entities import marginals
from kerasbook.crf import CRF, log_partition, score_path
from kerasbook.tagger import viterbi_decode
from kerasbook.tagging import entity_spans

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


@pytest.fixture
def crf():
    made = CRF(TAGS)
    generator = np.random.default_rng(1)
    made.set_weights([generator.normal(size=shape) for shape in ((5, 5), (5,), (5,))])
    return made


def tables_of(crf):
    return [np.asarray(table, "float64") for table in crf.scores()]


def every_path(emissions, tables):
    """Return all paths through a sentence, and their probabilities."""
    transitions, first, last = tables
    paths = list(itertools.product(range(len(TAGS)), repeat=len(emissions)))
    scores = np.array([
        first[path[0]] + score_path(path, emissions, transitions) + last[path[-1]]
        for path in paths
    ])  # fmt: skip
    scores = np.exp(scores - scores.max())
    return paths, scores / scores.sum()


def summed(emissions, tables):
    """Sum the probabilities of all paths with each name."""
    found = {}
    for path, probability in zip(*every_path(emissions, tables), strict=True):
        tags = [TAGS[tag] for tag in path]
        if probability > 1e-12:
            for name in entity_spans(tags):
                found[name] = found.get(name, 0) + probability
    return found


@pytest.mark.parametrize("time", [1, 2, 5])
def test_a_name_is_as_probable_as_all_paths_with_it(crf, time):
    emissions = np.random.default_rng(time).normal(size=(time, 5))
    tables = tables_of(crf)
    found = marginals.span_marginals(emissions, TAGS, tables, least=1e-9)
    right = summed(emissions, tables)
    assert set(found) == set(right)
    for name, probability in right.items():
        assert found[name] == pytest.approx(probability, abs=1e-9)


def test_sums_from_both_ends_are_the_sum_over_all_paths(crf):
    emissions = np.random.default_rng(0).normal(size=(6, 5))
    transitions, first, last = tables_of(crf)
    before = marginals.forward_log_sums(emissions, transitions, first)
    after = marginals.backward_log_sums(emissions, transitions, last)
    totals = np.logaddexp.reduce(before + after, axis=1)
    whole = log_partition(
        emissions[None].astype("float32"), np.ones((1, 6), "float32"),
        *(np.asarray(table, "float32") for table in crf.scores()),
    )  # fmt: skip
    np.testing.assert_allclose(totals, np.full(6, float(whole[0])), rtol=1e-5)


def test_what_begins_or_goes_on_less_probably_is_left_out(crf):
    emissions = np.random.default_rng(3).normal(size=(5, 5))
    everything = marginals.span_marginals(emissions, TAGS, tables_of(crf), least=1e-9)
    found = marginals.span_marginals(emissions, TAGS, tables_of(crf), least=0.1)
    assert 0 < len(found) < len(everything)
    assert found.items() <= everything.items()
    assert set(everything) - set(found) <= {name for name, p in everything.items() if p < 0.1}


def test_the_most_probable_of_names_that_overlap_is_kept():
    found = {(0, 2, "a"): 0.5, (1, 3, "b"): 0.6, (3, 4, "a"): 0.45, (0, 1, "b"): 0.449}
    assert marginals.select_spans(found, least=0.45) == [(1, 3, "b"), (3, 4, "a")]
    assert marginals.select_spans(found, least=0.44) == [(0, 1, "b"), (1, 3, "b"), (3, 4, "a")]
    assert marginals.select_spans({}, least=0.45) == []


def test_a_name_on_several_paths_is_found_where_the_best_path_has_none():
    # Paths: 0.4 no name, 0.35 the first name alone, 0.25 the first and the second.
    crf = CRF(TAGS)
    joint = np.zeros((5, 5))
    joint[0, 3] = joint[0, 4] = joint[0, 1] = -50
    joint[1, 0], joint[1, 3] = np.log([0.35, 0.25])
    joint[0, 0] = np.log(0.4)
    crf.set_weights([joint, np.zeros(5), np.zeros(5)])
    even = np.array([[0, 0, -50, -50, -50], [0, -50, -50, 0, -50]], float)
    assert viterbi_decode([even], TAGS, crf) == [["O", "O"]]
    found = marginals.span_marginals(even, TAGS, tables_of(crf))
    assert found == pytest.approx({(0, 1, "a"): 0.6, (1, 2, "b"): 0.25})
    assert marginals.marginal_decode([even], TAGS, crf, least=0.5) == [["B-a", "O"]]
    assert marginals.marginal_decode([even], TAGS, crf, least=0.2) == [["B-a", "B-b"]]
