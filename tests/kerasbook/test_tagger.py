"""The tagger: parameters by hand, learning, decoding, and a sentence of the reader's."""

import keras
import numpy as np
import pytest

from kerasbook import crf, tagger
from kerasbook import token_columns as features
from kerasbook.tagging import entity_scores

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def test_parameters_are_counted_as_by_hand():
    network = tagger.build_network([10, 20, 7], 5, width=4, units=3)
    embeddings = 10 * 8 + 20 * 4 + 7 * 4
    lstm = 2 * 4 * (16 * 3 + 3 * 3 + 3)
    assert network.count_params() == embeddings + lstm + (6 * 5 + 5)
    model = tagger.CRFTagger(network, TAGS)
    model(np.ones((1, 2, 3), "int32"))
    assert model.count_params() == network.count_params() + 5 * 5 + 5 + 5


def test_a_longer_batch_changes_no_emission():
    network = tagger.build_network([10, 20], 5, width=4, units=3)
    ids = np.random.default_rng(0).integers(2, 10, (1, 4, 2))
    padded = np.concatenate([ids, np.zeros((1, 3, 2), int)], axis=1)
    short, long = (np.asarray(network(array)) for array in (ids, padded))
    np.testing.assert_allclose(long[:, :4], short, atol=1e-6)


def made_up(count, seed):
    """Make sentences in which a title says what the next one or two words are."""
    generator = np.random.default_rng(seed)
    sentences = []
    for _ in range(count):
        kind = "ab"[generator.integers(2)]
        words = [f"w{k}" for k in generator.integers(30, size=generator.integers(4, 8))]
        place, length = int(generator.integers(len(words) - 2)), int(generator.integers(1, 3))
        words[place] = {"a": "Dr", "b": "to"}[kind]
        words[place + 1] = words[place + 1].upper()
        if length == 2:
            words[place + 2] = words[place + 2].upper()
        tags = ["O"] * len(words)
        tags[place + 1 : place + 1 + length] = [f"B-{kind}", f"I-{kind}"][:length]
        sentences.append((words, tags))
    return sentences


@pytest.mark.sampled("crf")
@pytest.mark.parametrize("top", ["softmax", "crf"])
def test_a_tagger_learns_what_can_be_learned(top):
    keras.utils.set_random_seed(0)
    train, test = made_up(200, seed=0), made_up(60, seed=1)
    encoder = features.Encoder(train, features.english_columns)
    batches = features.TrainingBatches(train, encoder, batch_size=20, seed=0)
    model = tagger.build_network(encoder.sizes, len(encoder.tags), width=8, units=16)
    if top == "crf":
        model = tagger.CRFTagger(model, encoder.tags)
    losses = tagger.train_tagger(model, batches, steps=150, learning_rate=0.02)
    assert len(losses) == 150
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:10])
    emissions = tagger.predict_emissions(model, encoder, test, batch_size=16)
    assert [len(rows) for rows in emissions] == [len(tokens) for tokens, _ in test]
    decoded = (
        tagger.viterbi_decode(emissions, encoder.tags, model.crf)
        if top == "crf"
        else tagger.greedy_decode(emissions, encoder.tags)
    )
    assert entity_scores([tags for _, tags in test], decoded)["micro"]["f1"] > 0.8


EMISSIONS = [np.array([[0.0, 1, 2, 0, 0], [0, 0, 3, 0, 0]]), np.array([[0.0, 0, 0, 0, 1]])]


def test_greedy_decoding_takes_each_best_tag():
    assert tagger.greedy_decode(EMISSIONS, TAGS) == [["I-a", "I-a"], ["I-b"]]


def test_viterbi_decoding_gives_valid_tags_only():
    assert tagger.viterbi_decode(EMISSIONS, TAGS)[0] == ["B-a", "I-a"]
    assert tagger.viterbi_decode(EMISSIONS, TAGS)[1][0] in ("O", "B-a", "B-b")
    layer = crf.CRF(TAGS)
    layer.first.assign([0, -9, 0, 0, 0])  # a sentence had better not open with B-a
    assert tagger.viterbi_decode(EMISSIONS[:1], TAGS, layer)[0][0] != "B-a"


# A reader's sentence


class Knowing:
    """A tagger that calls every capitalized word a person, and others nothing."""

    crf = None

    def __call__(self, ids):
        scores = np.zeros((*ids.shape[:2], 3), "float32")
        scores[..., 1] = np.where(ids[..., 3] == self.capital, 1, -1)
        return scores


@pytest.fixture
def knowing():
    train = [(["Ada", "met", "Bob"], ["B-p", "O", "B-p"])]
    encoder = features.Encoder(train, features.english_columns, min_count=1)
    model = Knowing()
    model.capital = encoder.vocabularies[3]["Xxx"]
    return model, encoder


def test_words_are_cut_as_the_data_are():
    text = "RT @kiwi_jam: my neighbour's Tamaro 500, really? #fail"
    expected = "RT @kiwi_jam : my neighbour 's Tamaro 500 , really ? #fail"
    assert tagger.split_words(text) == expected.split()


def test_any_sentence_is_marked(knowing):
    found = tagger.find_entities("Eve called Mallory.", tagger.split_words, *knowing, separator=" ")
    assert found == "[Eve]p called [Mallory]p ."
    assert tagger.find_entities("nobody", tagger.split_words, *knowing) == "nobody"


@pytest.mark.parametrize("text", ["", " \n", None, 7, ["Eve"]])
@pytest.mark.parametrize("split", [list, tagger.split_words])
def test_what_has_no_token_is_refused_with_one_error(knowing, text, split):
    with pytest.raises(ValueError, match="at least one token") as caught:
        tagger.find_entities(text, split, *knowing)
    assert str(caught.value).endswith(f"Received: {text!r}")
