"""A dictionary that says how sure it is: at what share of places a name is."""

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


def share_marked(marks, places):
    """Return the share of places that are marked, as if there were one more."""
    return np.maximum(marks, 0) / (max(places, 0) + 1)


class ShareEncoder(Encoder):
    """An `Encoder` with three more columns for each type, in percent.

    They say how surely an entity of the type begins at the token, runs
    through it, and ends there.
    """

    def __init__(self, sentences, columns, *, min_count=2):
        super().__init__(sentences, columns, min_count=min_count)
        self.places = count_places(sentences, self.mentions)
        self.kinds = [tag[2:] for tag in self.tags if tag.startswith("B-")]
        self.marks = {
            name: np.array([counts[kind] for kind in self.kinds])
            for name, counts in self.mentions.items()
        }

    @property
    def num_shares(self):
        """Return the number of columns that are shares."""
        return 3 * len(self.kinds)

    def shares(self, tokens, own=None):
        """Return shares `(time, 3, kinds)`; `own` as in `encode`."""
        places = find_known(tokens, self.mentions)
        known = [tuple(tokens[start:end]) for start, end in places]
        here = Counter(known if own is not None else ())  # ①
        own = Counter(own)
        shares = np.zeros((len(tokens), 3, len(self.kinds)))
        for (start, end), name in zip(places, known, strict=True):
            own_marks = [own[name, kind] for kind in self.kinds]
            others = self.places[name] - here[name]
            row = share_marked(self.marks[name] - own_marks, others)
            parts = shares[start, 0], shares[start:end, 1], shares[end - 1, 2]
            for part in parts:
                np.maximum(part, row, out=part)  # ②
        return shares

    def encode(self, tokens, own=None):
        """Encode one sentence; `own` are its entities if it is for training."""
        percent = 100 * self.shares(tokens, own).reshape(len(tokens), -1)
        ids = super().encode(tokens, own or ())
        return np.concatenate([ids, np.rint(percent).astype("int32")], axis=1)
