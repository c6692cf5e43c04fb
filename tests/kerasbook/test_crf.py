"""The CRF against sums and maxima over every path, on three backends."""

import itertools

import numpy as np
import pytest
from scipy.special import logsumexp

from kerasbook import crf

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def case(seed, time=4, count=3, scale=1.0):
    generator = np.random.default_rng(seed)
    shapes = ((time, count), (count, count), (count,), (count,))
    return [scale * generator.normal(size=shape).astype("float32") for shape in shapes]


def score(path, emissions, transitions, first, last):
    """Add up a path's score one term at a time."""
    total = first[path[0]] + last[path[-1]]
    total += sum(emissions[t, tag] for t, tag in enumerate(path))
    return total + sum(transitions[a, b] for a, b in itertools.pairwise(path))


def every_path(emissions, *scores):
    count = emissions.shape[1]
    paths = list(itertools.product(range(count), repeat=len(emissions)))
    return paths, np.array([score(path, emissions, *scores) for path in paths])


def losses(layer, tags, emissions):
    return crf.crf_loss(tags, emissions, *layer.scores())


# The page's three tokens and two tags, O and N.
EMISSIONS = np.array([[0.0, 2.0], [1.0, 0.0], [0.0, 1.0]], "float32")
STAY = np.eye(2, dtype="float32")
ZEROS = np.zeros(2, "float32")
BY_HAND = {"NNN": 5, "NOO": 4, "NON": 4, "NNO": 3, "OOO": 3, "OON": 3, "ONN": 2, "ONO": 0}


def test_the_eight_paths_of_the_page():
    for name, expected in BY_HAND.items():
        path = ["ON".index(letter) for letter in name]
        assert crf.score_path(path, EMISSIONS, STAY) == expected
    total = np.exp(list(BY_HAND.values())).sum()
    assert total == pytest.approx(326.3, abs=0.05)
    ones = np.ones((1, 3), "float32")
    found = crf.log_partition(EMISSIONS[None], ones, STAY, ZEROS, ZEROS)
    np.testing.assert_allclose(np.exp(found), [total], rtol=1e-5)
    assert crf.viterbi(EMISSIONS, STAY, ZEROS, ZEROS).tolist() == [1, 1, 1]
    loss = crf.crf_loss(np.array([[1, 1, 1]]), EMISSIONS[None], STAY, ZEROS, ZEROS)
    assert float(loss) == pytest.approx(-np.log(np.exp(5) / total), rel=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_the_log_partition_sums_over_every_path(seed):
    emissions, *scores = case(seed, time=1 + seed % 6)
    _, totals = every_path(emissions, *scores)
    found = crf.log_partition(emissions[None], np.ones((1, len(emissions)), "float32"), *scores)
    np.testing.assert_allclose(found, [logsumexp(totals)], rtol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_viterbi_finds_the_best_of_all_paths(seed):
    emissions, *scores = case(seed, time=1 + seed % 6)
    paths, totals = every_path(emissions, *scores)
    assert tuple(crf.viterbi(emissions, *scores)) == paths[totals.argmax()]


def test_the_score_of_a_path_is_the_sum_of_its_terms():
    emissions, *scores = case(0, time=5)
    paths, totals = every_path(emissions, *scores)
    chosen = np.random.default_rng(0).permutation(len(paths))[:50]
    found = crf.path_score(
        np.stack([emissions] * 50),
        np.array(paths)[chosen],
        np.ones((50, 5), "float32"),
        *scores,
    )
    np.testing.assert_allclose(found, totals[chosen], rtol=1e-4, atol=1e-5)


def test_padding_changes_nothing():
    layer = crf.CRF(TAGS)
    generator = np.random.default_rng(3)
    layer.set_weights([generator.normal(size=w.shape) for w in layer.weights])
    emissions = generator.normal(size=(2, 6, 5)).astype("float32")
    short = np.array([[1, 2, 0]])
    long = np.array([[0, 1, 2, 2, 3, 4]])
    together = np.array([[1, 2, 0, -1, -1, -1], long[0]])
    alone = [losses(layer, short, emissions[:1, :3]), losses(layer, long, emissions[1:])]
    found = losses(layer, together, emissions)
    np.testing.assert_allclose(found, np.mean([float(a) for a in alone]), rtol=1e-5)


def test_the_likelihoods_of_all_valid_paths_sum_to_one():
    layer = crf.CRF(TAGS)
    generator = np.random.default_rng(4)
    layer.set_weights([generator.normal(size=w.shape) for w in layer.weights])
    emissions = generator.normal(size=(1, 3, 5)).astype("float32")
    pairs, first = crf.allowed_transitions(TAGS)
    total = 0.0
    for path in itertools.product(range(5), repeat=3):
        valid = first[path[0]] and all(pairs[a, b] for a, b in itertools.pairwise(path))
        likelihood = np.exp(-float(losses(layer, np.array([path]), emissions)))
        assert valid or likelihood == 0
        total += likelihood
    assert total == pytest.approx(1, abs=1e-5)


def test_which_tag_may_follow_which():
    pairs, first = crf.allowed_transitions(TAGS)
    assert first.tolist() == [True, True, False, True, False]
    expected = np.ones((5, 5), bool)
    expected[:, 2] = [False, True, True, False, False]
    expected[:, 4] = [False, False, False, True, True]
    np.testing.assert_array_equal(pairs, expected)


def test_a_type_with_a_dash_keeps_it():
    pairs, _ = crf.allowed_transitions(["O", "B-x-y", "I-x-y", "B-y", "I-y"])
    assert pairs[:, 2].tolist() == [False, True, True, False, False]
    assert pairs[:, 4].tolist() == [False, False, False, True, True]


def test_the_layer_is_rebuilt_from_its_settings():
    layer = crf.CRF(TAGS, name="top")
    again = crf.CRF.from_config(layer.get_config())
    assert (again.tags, again.name) == (TAGS, "top")


# One process for each backend: the loss, and its gradient in fit, against NumPy.
BACKEND = """
import keras, numpy as np
from kerasbook import crf
tags = ["O", "B-a", "I-a"]
generator = np.random.default_rng(0)
emissions = generator.normal(size=(2, 4, 3)).astype("float32")
transitions, first, last = (generator.normal(size=s).astype("float32") for s in ((3, 3), 3, 3))
mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], "float32")
arrays = (emissions, mask, transitions, first, last)
found = crf.log_partition(*map(keras.ops.convert_to_tensor, arrays))
print("partition", *keras.ops.convert_to_numpy(found))
from kerasbook import tagger
model = tagger.CRFTagger(tagger.build_network([5, 5], 3, width=4, units=4, dropout=0.0), tags)
ids = np.array([[[2, 3], [3, 2], [4, 4]]] * 4); y = np.array([[1, 2, 0]] * 4)
model.compile(keras.optimizers.Adam(0.1))
losses = model.fit(ids, y, epochs=20, verbose=0).history["loss"]
print("fell", losses[-1] < 0.3 * losses[0])
print("moved", bool(np.abs(keras.ops.convert_to_numpy(model.crf.transitions)).max() > 0.01))
"""


@pytest.mark.weekly
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_every_backend_sums_the_same_and_learns(on_backend, backend):
    lines = dict(line.split(" ", 1) for line in on_backend(backend, BACKEND))
    assert (lines["fell"], lines["moved"]) == ("True", "True")
    generator = np.random.default_rng(0)
    emissions = generator.normal(size=(2, 4, 3)).astype("float32")
    scores = [generator.normal(size=s).astype("float32") for s in ((3, 3), 3, 3)]
    expected = [
        logsumexp(every_path(rows, *scores)[1]) for rows in (emissions[0], emissions[1, :2])
    ]
    found = [float(value) for value in lines["partition"].split()]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
