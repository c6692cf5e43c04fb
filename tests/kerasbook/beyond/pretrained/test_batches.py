"""Batches of texts: pieces, first pieces, capitals, and the way back to words."""

import keras_hub
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.beyond.pretrained import batches as page

TAGS = ["O", "B-person", "I-person"]
SENTENCES = [
    (["Nora", "Whitfield", "left"], ["B-person", "I-person", "O"]),
    (["left"], ["O"]),
]


@pytest.fixture(scope="module")
def tokenizer():
    return keras_hub.models.BertTokenizer(str(SAMPLE / "minilm" / "vocab.txt"), lowercase=True)


def test_words_are_cut_and_their_first_pieces_counted(tokenizer):
    ids, firsts = page.tokenize_words(tokenizer, ["Nora", "Whitfield", "\u200b\x07", "left"])
    pieces = [tokenizer.id_to_token(number) for number in ids]
    assert pieces == ["nora", "w", "##hit", "##field", "[UNK]", "left"]
    assert firsts == [0, 1, 4, 5]


def test_first_pieces_have_tags_and_capitals_a_segment(tokenizer):
    (batch,) = page.SentenceBatches(SENTENCES, tokenizer, TAGS, batch_size=2)
    inputs, labels = batch
    # from short to long: left; then Nora Whitfield left; CLS in front
    assert labels[:, :8].tolist() == [
        [-1, 0, -1, -1, -1, -1, -1, -1],
        [-1, 1, 2, -1, -1, 0, -1, -1],
    ]
    assert inputs["segment_ids"][:, :8].tolist() == [[0] * 8, [0, 1, 1, 1, 1, 0, 0, 0]]
    assert inputs["padding_mask"].sum(axis=1).tolist() == [3, 7]


def test_labels_and_segments_of_one_sentence():
    assert page.first_subword_labels([1, 2, 0], [0, 1, 4], 7).tolist() == [-1, 1, 2, -1, -1, 0, -1]
    words = ["Nora", "Whitfield", "left"]
    assert page.capital_segments(words, [0, 1, 4], 5).tolist() == [1, 1, 1, 1, 0]


def test_posts_are_cut_to_length_and_keep_their_label(tokenizer):
    posts = ["left left left left", "cat"]
    made = page.PostBatches(posts, np.array([7, 9]), tokenizer, length=4, batch_size=1)
    assert len(made) == 2
    (short, one), (long, other) = made
    assert (one.tolist(), other.tolist()) == ([9], [7])
    assert short["padding_mask"].sum() == 3
    assert long["padding_mask"].sum() == 4


def test_a_seed_mixes_batches_of_like_length_each_time_anew(tokenizer):
    posts = ["cat " * length for length in range(1, 41)]
    settings = {"length": 64, "batch_size": 4}
    made = page.PostBatches(posts, range(40), tokenizer, seed=1, **settings)
    first, second = ([tuple(group) for group in made.groups()] for _ in range(2))
    assert first != second
    assert sorted(sum(first, ())) == list(range(40))
    assert max(max(group) - min(group) for group in first) <= 8
    again = page.PostBatches(posts, range(40), tokenizer, seed=1, **settings)
    assert [tuple(group) for group in again.groups()] == first


def test_what_a_model_says_comes_back_word_by_word(tokenizer):
    class Echo:
        """Say the number of each piece."""

        def predict_on_batch(self, inputs):
            return inputs["token_ids"][..., None]

    made = page.SentenceBatches(SENTENCES, tokenizer, TAGS, batch_size=1)
    found = page.predict_words(Echo(), made)
    said = [[tokenizer.id_to_token(int(n)) for (n,) in rows] for rows in found]
    assert said == [["nora", "w", "left"], ["left"]]


@pytest.mark.parametrize("seed", [None, 0])
def test_each_post_gets_its_own_class_in_the_order_given(tokenizer, seed):
    class Counter:
        """A model whose class is the number of tokens."""

        def predict_on_batch(self, inputs):
            return np.eye(16)[inputs["padding_mask"].sum(axis=1)]

    posts = ["left left left", "left", "left left"]
    batches = page.PostBatches(posts, [0] * 3, tokenizer, length=16, batch_size=2, seed=seed)
    assert page.predict_posts(Counter(), batches).tolist() == [5, 3, 4]
