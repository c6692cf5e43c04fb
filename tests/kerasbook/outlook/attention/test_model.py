"""The small model: what it may see, how it is scored, that it learns."""

import keras
import numpy as np
import pytest

from kerasbook.outlook.attention import model as page
from kerasbook.outlook.attention.ngrams import perplexity

SMALL = {"context": 8, "width": 8, "heads": 2, "blocks": 2}


def test_no_output_sees_what_comes_later():
    model = page.build_language_model(5, **SMALL)
    text = np.array([[0, 1, 2, 3, 4, 0]])
    changed = np.array([[0, 1, 2, 3, 4, 1]])
    here, there = (model.predict_on_batch(each) for each in (text, changed))
    assert here.shape == (1, 6, 5)
    np.testing.assert_allclose(here[:, :5], there[:, :5], atol=1e-6)
    assert np.abs(here[:, 5] - there[:, 5]).max() > 1e-4


def test_a_window_limits_how_far_news_travels():
    model = page.build_language_model(5, **SMALL, window=2)
    text = np.zeros((1, 8), int)
    changed = text.copy()
    changed[0, 2] = 1  # two blocks of a window of 2 reach two positions
    here, there = (model.predict_on_batch(each) for each in (text, changed))
    moved = np.abs(here - there).max(axis=(0, 2)) > 1e-5
    assert moved.tolist() == [False, False, *[True] * 3, *[False] * 3]


def test_a_block_needs_a_window_and_adds_to_what_comes_in():
    token_ids = keras.Input((4, 8))
    out = page.transformer_block(token_ids, 0, heads=2, dropout=0.0, window=None)
    model = keras.Model(token_ids, out)
    for layer in ("attention_0", "ffn_down_0"):
        for weight in model.get_layer(layer).weights:
            weight.assign(0 * weight)
    x = np.ones((1, 4, 8), "float32")
    np.testing.assert_array_equal(model(x), x)


def test_sines_and_cosines_of_positions():
    encoding = np.array(page.sinusoidal_initializer((3, 4))) / 0.05
    expected = [[np.sin(p), np.sin(p / 100), np.cos(p), np.cos(p / 100)]
                for p in range(3)]  # fmt: skip
    np.testing.assert_allclose(encoding, expected, atol=1e-6)


def test_embeddings_of_character_and_position_are_added():
    token_ids = keras.Input((None,), dtype="int32")
    x, embed = page.token_and_position_embedding(token_ids, vocab_size=5, context=4, width=8)
    both = keras.Model(token_ids, x).predict_on_batch(np.array([[3, 0, 3]]))[0]
    encoding = np.array(page.sinusoidal_initializer((4, 8)))
    np.testing.assert_allclose(
        both[:2] - np.array(embed(np.array([3, 0]))), encoding[:2], atol=1e-6
    )
    np.testing.assert_allclose(both[2] - both[0], encoding[2] - encoding[0], atol=1e-6)


def test_the_same_character_differs_by_its_position():
    model = page.build_language_model(5, **SMALL)
    out = model.predict_on_batch(np.array([[2, 2, 2]]))[0]
    assert np.abs(out[1] - out[2]).max() > 1e-5


@pytest.mark.parametrize("length", [3, 5, 6, 9, 12])
def test_each_character_is_scored_once(length):
    windows, scored = page.cut_for_test(np.arange(length), 4)
    assert sorted(windows[:, 1:][scored]) == list(range(1, length))
    seen = np.broadcast_to(np.arange(1, 5), scored.shape)[1:]
    assert (seen[scored[1:]] > 2).all()


def test_a_model_that_knows_nothing_is_as_unsure_as_its_vocabulary():
    model = page.build_language_model(7, **SMALL)
    model.get_layer("norm_out").gamma.assign(np.zeros(8))
    token_ids = np.arange(30) % 7
    assert perplexity(page.next_token_probabilities(model, token_ids, 8)) == pytest.approx(7)


def test_training_learns_a_text_that_repeats():
    keras.utils.set_random_seed(0)
    model = page.build_language_model(3, **SMALL)
    token_ids = np.arange(60) % 3
    windows = token_ids[np.arange(40)[:, None] + np.arange(9)]
    page.train_language_model(model, np.tile(windows, (24, 1)), learning_rate=0.01, batch_size=16)
    assert perplexity(page.next_token_probabilities(model, token_ids, 8)) < 1.5


def test_probabilities_stand_in_the_order_of_the_text():
    model = page.build_language_model(5, **SMALL)
    token_ids = np.random.default_rng(0).integers(5, size=19)
    found = page.next_token_probabilities(model, token_ids, 8)
    assert found.shape == (18,)
    logits = model.predict_on_batch(token_ids[None, :8])[0]
    powers = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    expected = powers[np.arange(8), token_ids[1:9]]
    np.testing.assert_allclose(found[:8], expected, rtol=1e-4)
    logits = model.predict_on_batch(token_ids[None, 8:16])[0, 7]
    last = np.exp(logits[token_ids[16]]) / np.exp(logits).sum()
    np.testing.assert_allclose(found[15], last, rtol=1e-4)
