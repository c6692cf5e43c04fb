"""Padding that counts: by hand, and as Keras counts it."""

import types

import keras
import numpy as np
import pytest

from kerasbook.outlook.coming.padding import (
    accuracy_with_padding,
    build_small_tagger,
    labels_with_errors,
)

WORDS = np.array([[3, 4, 5, 0, 0, 0], [1, 2, 3, 4, 5, 6]])


def test_padding_lifts_an_accuracy_towards_its_own():
    assert accuracy_with_padding(4 / 9, 3 / 12) == pytest.approx(7 / 12)
    assert accuracy_with_padding(0.75, 0.6) == pytest.approx(0.9)
    assert accuracy_with_padding(0.5, 0.5, on_padding=0.0) == 0.25


def test_tags_differ_from_the_answers_at_the_first_words_alone():
    answers = np.eye(2)[[[0, 1, 1, 1], [1, 0, 0, 1]]]
    model = types.SimpleNamespace(predict=lambda words, verbose: answers)
    words = np.array([[7, 7, 0, 0], [7, 7, 7, 0]])
    tags = labels_with_errors(model, words, n_wrong=3)
    # Padding is 0; both words of the first sentence and one of the second are turned.
    assert tags.tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.filterwarnings("ignore:.*does not support masking:UserWarning")
def test_accuracy_counts_words_with_the_mask_and_places_without_it():
    tags = None
    for keep, expected in ((True, 4 / 9), (False, 7 / 12)):
        keras.utils.set_random_seed(0)
        model = build_small_tagger(keep_mask=keep)
        model.run_eagerly = True
        tags = labels_with_errors(model, WORDS, n_wrong=5) if tags is None else tags
        assert model.evaluate(WORDS, tags, verbose=0)[1] == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore:.*does not support masking:UserWarning")
def test_both_kinds_have_the_layers_asked_for_and_keras_decides_if_nobody_does():
    both = build_small_tagger(2, keep_mask=False).layers[1:3]
    assert [layer.supports_masking for layer in both] == [False, False]
    default = keras.layers.Bidirectional(keras.layers.LSTM(1))
    (layer,) = build_small_tagger().layers[1:2]
    assert layer.supports_masking == default.supports_masking
