"""The network that reads sentences, with a softmax or a CRF on top."""

import keras
import numpy as np
from keras import ops

from kerasbook.applications.entities.crf import CRF, FORBIDDEN, allowed_transitions, viterbi
from kerasbook.applications.entities.features import PADDING, TrainingBatches, pad


def build_emissions(sizes, num_tags, *, width, units, dropout):
    """Embeddings of all columns, a convolution, an LSTM in both directions.

    Args:
        sizes: rows of each column's embedding.
        num_tags: scores per token.
        width: values per token and column, and half as many in the last.
        units: of the LSTM, in each direction.
        dropout: share of values dropped before and after the LSTM.

    Returns:
        Keras model from ids `(batch, time, num_columns)` to emissions
        `(batch, time, num_tags)`.
    """
    ids = keras.Input((None, len(sizes)), dtype="int32")
    mask = ids[..., :1] != PADDING
    embedded = [
        keras.layers.Embedding(size, width)(ids[..., column])
        for column, size in enumerate(sizes)
    ]
    hidden = keras.layers.Concatenate()(embedded)
    hidden = keras.layers.Dropout(dropout)(hidden)
    hidden = keras.layers.Bidirectional(
        keras.layers.LSTM(units, return_sequences=True)
    )(hidden, mask=mask[..., 0])
    hidden = keras.layers.Dropout(dropout)(hidden)
    return keras.Model(ids, keras.layers.Dense(num_tags)(hidden))
