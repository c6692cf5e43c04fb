"""The four networks, their training, and token ids."""

from collections import Counter

import keras
import numpy as np
import pytest
from scipy import sparse

from kerasbook.applications.text import models, phrases

SEQUENCE_BUILDERS = [
    models.build_fasttext_network,
    models.build_convolutional_network,
    models.build_lstm_network,
]


def test_parameters_count_as_by_hand():
    assert models.build_bag_network(1000, 20).count_params() == 1001 * 128 + 129 * 20
    average, convolution, lstm = (build(1000, 20).count_params() for build in SEQUENCE_BUILDERS)
    assert average == 1000 * 64 + 65 * 20
    assert convolution == 1000 * 64 + (3 * 64 + 1) * 128 + 129 * 20
    assert lstm == 1000 * 64 + 2 * 4 * (64 + 64 + 1) * 64 + 129 * 20


def test_the_average_skips_padding():
    model = models.build_fasttext_network(10, 3)
    short = model(np.array([[4, 7, 0, 0]]))
    np.testing.assert_allclose(short, model(np.array([[7, 4]])), rtol=1e-5)
    embedding, *_, dense = model.layers
    mean = np.asarray(embedding.embeddings)[[4, 7]].mean(axis=0)
    np.testing.assert_allclose(short[0], mean @ np.asarray(dense.kernel), rtol=1e-4)


def test_the_average_forgets_order_and_the_others_do_not():
    ids = np.arange(1, 9)[None]
    for build in SEQUENCE_BUILDERS:
        keras.utils.set_random_seed(0)
        model = build(10, 3)
        same = np.allclose(model(ids), model(ids[:, ::-1]), rtol=1e-4, atol=1e-6)
        assert same == (build is models.build_fasttext_network)


def test_sparse_and_dense_bags_give_the_same_logits():
    keras.utils.set_random_seed(0)
    bags = sparse.random(6, 40, density=0.2, format="csr", dtype=np.float32, random_state=0)
    model = models.build_bag_network(40, 5)
    first, dropout, second = model.layers
    hidden = np.maximum(bags.toarray() @ np.asarray(first.kernel), 0)
    expected = hidden @ np.asarray(second.kernel)
    np.testing.assert_allclose(model.predict(bags, verbose=0), expected, rtol=1e-4, atol=1e-6)
    assert dropout.rate == 0.5


def telling(count, seed):
    """Return ids of eight tokens, and which of the tokens 2, 3, 4 stands among noise."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, count)
    ids = generator.integers(5, 30, (count, 8))
    ids[np.arange(count), generator.integers(0, 8, count)] = 2 + labels
    return ids, labels


@pytest.mark.sampled("build_convolutional_network")
@pytest.mark.parametrize("build", SEQUENCE_BUILDERS)
def test_training_finds_the_token_that_tells(build):
    keras.utils.set_random_seed(0)
    model = build(30, 3, dimensions=16)
    models.train_text_classifier(
        model, *telling(600, 0), epochs=12, batch_size=32, learning_rate=1e-2
    )
    ids, labels = telling(200, 1)
    assert (model.predict(ids, verbose=0).argmax(axis=1) == labels).mean() > 0.9


def test_training_on_a_bag_is_seeded_and_smoothed():
    ids, labels = telling(128, 0)
    bags = sparse.csr_matrix(np.eye(30, dtype=np.float32)[ids].sum(axis=1))

    def run(seed):
        keras.utils.set_random_seed(seed)
        model = models.build_bag_network(30, 3)
        models.train_text_classifier(
            model, bags, labels, epochs=20, batch_size=32, learning_rate=1e-2
        )
        return model

    model, *others = map(run, (1, 1, 2))
    first, again, other = (each.predict(bags, verbose=0) for each in (model, *others))
    np.testing.assert_allclose(first, again, rtol=1e-4, atol=1e-5)
    assert np.abs(first - other).max() > 1e-2
    assert (first.argmax(axis=1) == labels).mean() > 0.95
    assert model.loss.label_smoothing == 0.1
    # 4 steps an epoch: after the last of 80, the cosine has come down to zero
    assert float(model.optimizer.learning_rate) == pytest.approx(0, abs=1e-9)


def test_training_returns_the_accuracy_on_what_is_held_out():
    keras.utils.set_random_seed(0)
    model = models.build_fasttext_network(30, 3)
    settings = {"epochs": 2, "batch_size": 32, "learning_rate": 1e-3}
    ids, labels = telling(200, 1)
    curve = models.train_text_classifier(
        model, *telling(600, 0), held_out=(ids, labels), **settings
    )
    right = (model.predict(ids, verbose=0).argmax(axis=1) == labels).mean()
    assert len(curve) == 2
    assert curve[-1] == pytest.approx(right)
    assert 0 < right < 1
    assert models.train_text_classifier(model, ids, labels, **settings) == []


def test_verdicts_hold_the_same_words_and_only_their_order_tells():
    texts, labels = phrases.make_verdicts(600, gaps=range(6), seed=0)
    assert 0.4 < labels.mean() < 0.6
    gaps, orders = set(), Counter()
    for text, praise in zip(texts, labels, strict=True):
        words = text.split()
        told = [i for i, word in enumerate(words) if word not in phrases.NEUTRAL]
        assert len(words) == 16
        assert sorted(words[i] for i in told) == ["bad", "good", "not"]
        no = words.index("not")
        negated = next(i for i in told if i > no)
        (other,) = {*told} - {no, negated}
        assert words[negated] == ("bad" if praise else "good")
        assert min(told[0], 15 - told[-1]) >= 2, "each place of a filter of three meets each word"
        apart = no - other if other < no else other - negated
        assert apart > 2, "no filter of three sees the other one and what is said of this one"
        gaps.add(negated - no - 1)
        orders[other < no, bool(praise)] += 1
    assert gaps == set(range(6))
    assert min(orders.values()) > 100, "which adjective comes first tells nothing"
    assert len(orders) == 4


def test_with_more_than_a_word_between_no_three_words_tell_praise_from_complaint():
    def seen(gap):
        found = set()
        for text, praise in zip(*phrases.make_verdicts(2000, gaps=[gap], seed=1), strict=True):
            words = [word if word not in phrases.NEUTRAL else "" for word in text.split()]
            windows = frozenset(tuple(words[i : i + 3]) for i in range(14))
            found.add((windows, int(praise)))
        return [{w for w, praise in found if praise == p} for p in (0, 1)]

    for gap in range(6):
        complaints, praises = seen(gap)
        assert (complaints == praises) == (gap > 1)
        assert complaints.isdisjoint(praises) == (gap <= 1)


def test_the_convolution_is_the_one_worked_by_hand_on_the_page():
    layer = keras.layers.Conv1D(1, 2, activation="relu")
    layer.build((None, None, 2))
    layer.set_weights([np.array([[[1.0], [0.0]], [[0.0], [1.0]]]), np.array([-1.0])])
    vectors = {"not": [1, 0], "good": [0, 1], "bad": [0, -1], "just": [0, 0]}
    for text, matches in (("not good just bad", [1, 0, 0]), ("not bad just good", [0, 0, 0])):
        rows = np.array([[vectors[word] for word in text.split()]], "float32")
        assert np.asarray(layer(rows))[0, :, 0].tolist() == matches


def test_shapes_are_those_that_the_page_traces():
    outputs = np.ones((2, 150), "int32")
    shapes = []
    for layer in models.build_convolutional_network(1000, 20).layers:
        outputs = layer(outputs)
        shapes.append(tuple(outputs.shape[1:]))
    assert shapes == [(150, 64), (150, 64), (148, 128), (128,), (128,), (20,)]


def test_ids_come_from_the_training_texts_alone():
    vectorize = models.learn_vocabulary(["a b a a", "A, b a c"], vocabulary=4, length=4)
    # a 5 times, b 2, c 1: with four ids, c is as unknown as a new word
    assert models.token_ids(vectorize, ["b a a", "A, b a c"]).tolist() == [
        [3, 2, 2, 0],
        [2, 3, 2, 1],
    ]
    assert models.token_ids(vectorize, ["new a!", "", "a b a b a"]).tolist() == [
        [1, 2, 0, 0],
        [1, 0, 0, 0],
        [2, 3, 2, 3],
    ]


def test_a_text_without_tokens_gives_a_number():
    vectorize = models.learn_vocabulary(["a b"], vocabulary=5, length=3)
    ids = models.token_ids(vectorize, ["", "a"])
    assert np.isfinite(models.build_fasttext_network(5, 3)(ids)).all()


@pytest.mark.parametrize(
    ("vectors", "pattern", "bias", "match"),
    [
        ([[1, 0], [0, 1], [0, 0], [0, -1]], [[1, 0], [0, 1]], -1, 1),
        ([[1, 0], [0, -1], [0, 0], [0, 1]], [[1, 0], [0, 1]], -1, 0),
        ([[2], [-1], [4]], [[3]], -5, 7),
        ([[1], [2], [3]], [[1], [1], [1]], 0, 6),
    ],
)
def test_the_strongest_match_by_hand_and_by_keras(vectors, pattern, bias, match):
    vectors, pattern = np.array(vectors, float), np.array(pattern, float)
    assert phrases.conv1d_relu_max(vectors, pattern, bias) == match
    layer = keras.layers.Conv1D(1, len(pattern), activation="relu")
    layer.build((None, None, vectors.shape[1]))
    layer.set_weights([pattern[..., None], np.array([float(bias)])])
    assert float(np.asarray(layer(vectors[None].astype("float32"))).max()) == match
