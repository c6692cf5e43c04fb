"""The network that reads sentences, and the CRF or softmax on top of it."""

import itertools
import re

import keras
import numpy as np

from kerasbook.crf import (
    CRF,
    FORBIDDEN,
    allowed_transitions,
    crf_loss,
    viterbi,
)
from kerasbook.tagging import mark_entities
from kerasbook.token_columns import PADDING, pad


def build_network(sizes, num_tags, *, width=64, units=200, dropout=0.5):
    """Map ids `(batch, time, columns)` to emissions `(batch, time, tags)`."""
    ids = keras.Input((None, len(sizes)), dtype="int32")
    widths = [2 * width] + [width] * (len(sizes) - 1)  # ①
    embedded = [
        keras.layers.Embedding(size, values)(ids[..., column])
        for column, (size, values) in enumerate(zip(sizes, widths, strict=True))
    ]
    hidden = keras.layers.Concatenate()(embedded)
    hidden = keras.layers.Dropout(dropout)(hidden)
    lstm = keras.layers.LSTM(units, return_sequences=True)  # ②
    both = keras.layers.Bidirectional(lstm)
    hidden = both(hidden, mask=ids[..., 0] != PADDING)
    hidden = keras.layers.Dropout(dropout)(hidden)
    return keras.Model(ids, keras.layers.Dense(num_tags)(hidden))


class CRFTagger(keras.Model):
    """A network whose loss is that of a CRF."""

    def __init__(self, network, tags):
        super().__init__()
        self.network, self.crf = network, CRF(tags)

    def call(self, ids, training=False):
        """Return emissions `(batch, time, num_tags)`."""
        return self.crf(self.network(ids, training=training))

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        """Return the CRF's loss, which `fit` and `train_on_batch` ask for."""
        return crf_loss(y, y_pred, *self.crf.scores())


def train_tagger(model, batches, *, steps, learning_rate=2e-3):
    """Train with Adam and cosine decay; return the loss of each step."""
    loss = None
    if not hasattr(model, "crf"):  # then it ends in a softmax
        loss = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, ignore_class=-1
        )
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    adam = keras.optimizers.Adam(rate, global_clipnorm=5.0)
    model.compile(adam, loss=loss)
    epochs = itertools.chain.from_iterable(itertools.repeat(batches))
    return [
        float(model.train_on_batch(ids, tags, return_dict=True)["loss"])
        for ids, tags in itertools.islice(epochs, steps)
    ]


def predict_emissions(model, encoder, sentences, *, batch_size=128):
    """Score the tags of sentences the model has not seen.

    Returns:
        list of arrays `(time, num_tags)`, one per sentence.
    """
    ids = [encoder.encode(tokens) for tokens, _ in sentences]
    order = np.argsort([len(row) for row in ids], kind="stable")
    emissions = [None] * len(ids)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        batch = pad([ids[index] for index in chosen], PADDING)
        scores = keras.ops.convert_to_numpy(model.predict_on_batch(batch))
        for index, rows in zip(chosen, scores, strict=True):
            emissions[index] = rows[: len(ids[index])]
    return emissions


def greedy_decode(emissions, tags):
    """Take the best tag of each token, valid sequence or not."""
    return [[tags[k] for k in rows.argmax(axis=1)] for rows in emissions]


def viterbi_decode(emissions, tags, crf=None):
    """Take the best valid path, by a CRF's scores or by emissions alone."""
    if crf is None:
        pairs, first = allowed_transitions(tags)
        scores = [np.where(ok, 0, FORBIDDEN) for ok in (pairs, first)]
        scores.append(np.zeros(len(tags)))
    else:
        scores = [keras.ops.convert_to_numpy(s) for s in crf.scores()]
    return [[tags[k] for k in viterbi(rows, *scores)] for rows in emissions]


def split_words(text):
    """Cut English into words and signs; `@name`, `#tag`, `'s` stay whole."""
    return re.findall(r"[@#'’]?\w+|[^\w\s]", text)


def find_entities(text, split, model, encoder, *, separator=""):
    """Mark the entities of any sentence with brackets and their types."""
    tokens = split(text) if isinstance(text, str) else []
    if not "".join(tokens).strip():
        raise ValueError(
            f"Expected a sentence with at least one token. Received: {text!r}"
        )
    emissions = keras.ops.convert_to_numpy(model(encoder.encode(tokens)[None]))
    [tags] = viterbi_decode(emissions, encoder.tags, model.crf)
    return mark_entities(tokens, tags, tags, separator=separator)
