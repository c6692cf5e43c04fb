"""The network counted by hand; an ensemble of two, and what its mean means."""

import itertools

import keras
import numpy as np
import pytest

from kerasbook.beyond.entities import network
from kerasbook.crf import viterbi
from kerasbook.tagger import CRFTagger, predict_emissions, viterbi_decode
from kerasbook.token_columns import Encoder, chinese_columns

TAGS = ["O", "B-a", "I-a"]


def test_parameters_are_counted_as_by_hand():
    built = network.build_share_network([10, 20, 7], 6, 5, width=4, units=3)
    embeddings = 10 * 8 + 20 * 4 + 7 * 4
    lstm = 2 * 4 * ((16 + 6) * 3 + 3 * 3 + 3)
    assert built.count_params() == embeddings + lstm + ((6 + 6) * 5 + 5)


def test_a_share_is_a_number_not_a_row():
    built = network.build_share_network([5], 1, 2, width=2, units=2)
    half, whole = (np.asarray(built(np.array([[[3, p]]]))) for p in (50, 100))
    assert not np.allclose(half, whole)
    (dense,) = (layer for layer in built.layers if isinstance(layer, keras.layers.Dense))
    assert dense.kernel.shape == (4 + 1, 2)  # what the LSTM says, and the share itself


def test_a_longer_batch_changes_no_emission():
    built = network.build_share_network([10, 20], 3, 5, width=4, units=3)
    ids = np.random.default_rng(0).integers(2, 10, (1, 4, 5))
    padded = np.concatenate([ids, np.zeros((1, 3, 5), int)], axis=1)
    short, long = (np.asarray(built(array)) for array in (ids, padded))
    np.testing.assert_allclose(long[:, :4], short, atol=1e-6)


@pytest.fixture
def members():
    keras.utils.set_random_seed(0)
    made = []
    for _ in range(3):
        built = network.build_share_network([9], 0, 3, width=2, units=2)
        made.append(CRFTagger(built, TAGS))
        made[-1].crf.set_weights(
            [np.random.default_rng(len(made)).normal(size=shape) for shape in ((3, 3), (3,), (3,))]
        )
    return made


def path_scores(model, ids):
    """Score every path through one sentence."""
    emissions = np.asarray(model(ids))[0]
    transitions, first, last = (np.asarray(table) for table in model.crf.scores())
    scores = []
    for path in itertools.product(range(3), repeat=len(emissions)):
        pairs = sum(transitions[a, b] for a, b in itertools.pairwise(path))
        tokens = sum(row[tag] for row, tag in zip(emissions, path, strict=True))
        scores.append(first[path[0]] + tokens + pairs + last[path[-1]])
    return np.array(scores)


def test_an_ensemble_multiplies_the_probabilities_of_its_members(members):
    ids = np.array([[[3], [4], [5], [2]]])
    ensemble = network.CRFEnsemble(members)

    def probabilities(scores):
        return np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()

    product = np.prod([probabilities(path_scores(m, ids)) for m in members], axis=0)
    mean = product ** (1 / 3) / (product ** (1 / 3)).sum()
    np.testing.assert_allclose(probabilities(path_scores(ensemble, ids)), mean, atol=1e-5)


def test_an_ensemble_is_used_like_one_tagger(members):
    train = [(list("林一到成都"), ["B-a", "I-a", "O", "B-a", "I-a"])]
    encoder = Encoder(train, chinese_columns, min_count=1)
    made = [
        CRFTagger(network.build_share_network(encoder.sizes, 0, 3, units=4), TAGS) for _ in range(2)
    ]
    ensemble = network.CRFEnsemble(made)
    [emissions] = predict_emissions(ensemble, encoder, train)
    both = [predict_emissions(member, encoder, train)[0] for member in made]
    np.testing.assert_allclose(emissions, np.mean(both, axis=0), atol=1e-6)
    tables = [np.asarray(table) for table in ensemble.crf.scores()]
    best = [TAGS[k] for k in viterbi(emissions, *tables)]
    assert viterbi_decode([emissions], TAGS, ensemble.crf) == [best]


def test_an_ensemble_of_one_is_that_one(members):
    ids = np.array([[[3], [4]]])
    one = network.CRFEnsemble(members[:1])
    np.testing.assert_allclose(path_scores(one, ids), path_scores(members[0], ids), rtol=1e-6)
