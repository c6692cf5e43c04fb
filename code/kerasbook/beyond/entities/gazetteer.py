"""Gazetteer features: how often a string of the text is an entity."""

from collections import Counter

import numpy as np

from kerasbook.token_columns import Encoder


def find_known(tokens, known, *, longest=12):
    """List `(start, end)` wherever a string of tokens is in `known`."""
    length = len(tokens)
    return [
        (start, end)
        for start in range(length)
        for end in range(start + 1, min(start + longest, length) + 1)
        if tuple(tokens[start:end]) in known
    ]


def count_places(sentences, known):
    """Count the places where each known string stands, marked or not."""
    return Counter(
        tuple(tokens[start:end])
        for tokens, _ in sentences
        for start, end in find_known(tokens, known)
    )


def smoothed_frequency(marks, places):
    """Relative frequency with an additional pseudo-count in the denominator."""
    return np.maximum(marks, 0) / (max(places, 0) + 1)


def add_shares(shares, start, end, row):
    """Write the gazetteer features of one match: begin, inside, end."""
    for part in (shares[start, 0], shares[start:end, 1], shares[end - 1, 2]):
        np.maximum(part, row, out=part)  # ①


def gazetteer_features(tokens, kinds, mentions, places, own=None):
    """Gazetteer features `(time, 3, kinds)`; `own` names are left out."""
    known = find_known(tokens, mentions)
    names = [tuple(tokens[start:end]) for start, end in known]
    here = Counter(names if own is not None else ())  # ①
    own = Counter(own)
    shares = np.zeros((len(tokens), 3, len(kinds)))
    for (start, end), name in zip(known, names, strict=True):
        marks = [mentions[name][kind] - own[name, kind] for kind in kinds]
        row = smoothed_frequency(marks, places[name] - here[name])
        add_shares(shares, start, end, row)
    return shares


class GazetteerEncoder(Encoder):
    """An `Encoder` with gazetteer features in its last columns."""

    def __init__(self, sentences, columns, *, min_count=2):
        super().__init__(sentences, columns, min_count=min_count)
        self.places = count_places(sentences, self.mentions)
        self.kinds = [tag[2:] for tag in self.tags if tag.startswith("B-")]
        self.num_shares = 3 * len(self.kinds)

    def shares(self, tokens, own=None):
        """Return shares `(time, 3, kinds)`; `own` as in `encode`."""
        known = self.kinds, self.mentions, self.places
        return gazetteer_features(tokens, *known, own)

    def encode(self, tokens, own=None):
        """Encode one sentence; `own` are its entities if it is for training."""
        percent = np.rint(100 * self.shares(tokens, own)).astype("int32")
        ids = super().encode(tokens, own or ())
        return np.concatenate([ids, percent.reshape(len(tokens), -1)], axis=1)
