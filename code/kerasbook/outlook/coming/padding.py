"""A small tagger whose padding is masked, or not, when it is judged."""

import keras
import numpy as np


def accuracy_with_padding(accuracy, padding, on_padding=1.0):
    """Accuracy over all positions when padding is counted.

    Args:
        accuracy: share of the words that are right.
        padding: share of the places that are padding.
        on_padding: share of the padding that counts as right.
    """
    return (1 - padding) * accuracy + padding * on_padding


def build_small_tagger(rnn_layers=1, keep_mask=None):
    """Build a tagger of two tags, for six places; word 0 is padding.

    `keep_mask` says whether its recurrent layers hand on their mask; `None`
    leaves that to Keras.
    """
    both = [
        keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))
        for _ in range(rnn_layers)
    ]
    for layer in both if keep_mask is not None else ():
        layer.supports_masking = keep_mask  # ①
    words = keras.layers.Embedding(10, 4, mask_zero=True)
    tags = keras.layers.Dense(2, "softmax")
    model = keras.Sequential([keras.Input((6,)), words, *both, tags])
    model.compile("sgd", weighted_metrics=["accuracy"],
                  loss="sparse_categorical_crossentropy")  # fmt: skip
    return model


def labels_with_errors(model, words, n_wrong):
    """The model's own predictions as labels, with `n_wrong` of them changed.

    Args:
        model: tagger of two tags.
        words: array of shape `(sentences, places)`, 0 for padding.
        n_wrong: how many of the words are to count as wrong.
    """
    tags = model.predict(words, verbose=0).argmax(axis=-1)
    tags[words == 0] = 0  # as people pad tags
    row, column = np.argwhere(words)[:n_wrong].T
    tags[row, column] = 1 - tags[row, column]
    return tags
