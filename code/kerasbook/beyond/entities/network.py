"""A tagger that also reads shares, and several taggers that decide as one."""

import keras
import numpy as np
from keras import ops

from kerasbook.crf import CRF
from kerasbook.token_columns import PADDING


def embed_columns(ids, sizes, width):
    """Look up the integers of each column; the first is twice as wide."""
    widths = [2 * width] + [width] * (len(sizes) - 1)
    embedded = [
        keras.layers.Embedding(size, values)(ids[..., column])
        for column, (size, values) in enumerate(zip(sizes, widths, strict=True))
    ]
    return keras.layers.Concatenate()(embedded)


def build_share_network(
    sizes, num_shares, num_tags, *, width=64, units=128, dropout=0.5
):
    """Map ids and percentages `(batch, time, columns)` to emissions."""
    ids = keras.Input((None, len(sizes) + num_shares), dtype="int32")
    shares = ops.cast(ids[..., len(sizes) :], "float32") / 100  # ①
    hidden = embed_columns(ids, sizes, width)
    hidden = keras.layers.Dropout(dropout)(hidden)
    hidden = keras.layers.Concatenate()([hidden, shares])
    lstm = keras.layers.LSTM(units, return_sequences=True)
    both = keras.layers.Bidirectional(lstm)
    hidden = both(hidden, mask=ids[..., 0] != PADDING)
    hidden = keras.layers.Dropout(dropout)(hidden)
    hidden = keras.layers.Concatenate()([hidden, shares])  # ②
    return keras.Model(ids, keras.layers.Dense(num_tags)(hidden))


class CRFEnsemble(keras.Model):
    """Ensemble of CRF taggers: mean of their scores (log-linear pooling)."""

    def __init__(self, members):
        super().__init__()
        self.members, self.crf = members, CRF(members[0].crf.tags)
        tables = [member.crf.get_weights() for member in members]
        means = [np.mean(each, axis=0) for each in zip(*tables, strict=True)]
        self.crf.set_weights(means)

    def call(self, ids):
        """Return the mean of the members' emissions."""
        total = sum(member(ids) for member in self.members)
        return self.crf(total / len(self.members))
