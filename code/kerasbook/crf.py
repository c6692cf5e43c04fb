"""A linear-chain conditional random field in `keras.ops`."""

import itertools

import keras
import numpy as np
from keras import ops

FORBIDDEN = -1e4  # far below any score, and finite: its gradient stays zero


def score_path(path, emissions, transitions):
    """Add up one path: a term for each token, and one for each pair."""
    tokens = sum(emissions[t, tag] for t, tag in enumerate(path))
    pairs = sum(transitions[a, b] for a, b in itertools.pairwise(path))
    return tokens + pairs


def allowed_transitions(tags):
    """Mask of valid BIO transitions and valid first tags.

    Returns:
        booleans `(num_tags, num_tags)`, rows before columns; and `(num_tags,)`.
    """
    pairs = np.ones((len(tags), len(tags)), dtype=bool)
    first = np.array([not tag.startswith("I-") for tag in tags])
    for column in np.flatnonzero(~first):
        kind = tags[column][2:]
        pairs[:, column] = [tag in (f"B-{kind}", f"I-{kind}") for tag in tags]
    return pairs, first


def path_score(emissions, tags, mask, transitions, first, last):
    """Add up what each sentence's sequence of tags scores, `(batch,)`.

    Shapes: emissions `(batch, time, num_tags)`; tags and mask
    `(batch, time)`, the mask 1 for a token and 0 for padding at the end.
    """
    chosen = ops.take_along_axis(emissions, tags[..., None], axis=-1)[..., 0]
    pairs = tags[:, :-1] * ops.shape(emissions)[-1] + tags[:, 1:]  # ①
    steps = ops.take(ops.reshape(transitions, (-1,)), pairs)
    lengths = ops.cast(ops.sum(mask, axis=1), "int32")
    closing = ops.take_along_axis(tags, lengths[:, None] - 1, axis=1)[:, 0]  # ②
    return (
        ops.take(first, tags[:, 0])
        + ops.sum(chosen * mask, axis=1)
        + ops.sum(steps * mask[:, 1:], axis=1)
        + ops.take(last, closing)
    )


def log_partition(emissions, mask, transitions, first, last):
    """Sum over all paths by the forward algorithm, as logarithms `(batch,)`."""

    def step(time, alpha):
        paths = alpha[:, :, None] + transitions  # (batch, before, after)
        longer = ops.logsumexp(paths, axis=1) + by_time[time]  # ①
        return ops.where(keep[time][:, None] > 0, longer, alpha)  # ②

    by_time = ops.transpose(emissions, (1, 0, 2))  # (time, batch, num_tags)
    keep = ops.transpose(mask)
    alpha = first + by_time[0]
    alpha = ops.fori_loop(1, ops.shape(emissions)[1], step, alpha)
    return ops.logsumexp(alpha + last, axis=-1)


def crf_loss(tags, emissions, transitions, first, last):
    """Mean of `-log p(tags)` over sentences; `tags` is -1 at padding."""
    mask = ops.cast(tags >= 0, emissions.dtype)
    tags = ops.cast(ops.maximum(tags, 0), "int32")
    scores = (transitions, first, last)
    likelihood = path_score(emissions, tags, mask, *scores)
    likelihood = likelihood - log_partition(emissions, mask, *scores)
    return -ops.mean(likelihood)


def viterbi(emissions, transitions, first, last):
    """Find the best path through one sentence, in NumPy, without padding."""
    best = first + emissions[0]
    pointers = []
    for emission in emissions[1:]:
        paths = best[:, None] + transitions  # (before, after)
        pointers.append(paths.argmax(axis=0))  # ①
        best = paths.max(axis=0) + emission
    path = [int((best + last).argmax())]
    for pointer in reversed(pointers):  # ②
        path.append(int(pointer[path[-1]]))
    return np.array(path[::-1])


class CRF(keras.layers.Layer):
    """CRF layer: hands emission scores on, holds transition scores."""

    def __init__(self, tags, **kwargs):
        super().__init__(**kwargs)
        self.tags, self.supports_masking, size = list(tags), True, (len(tags),)
        self.transitions = self.add_weight(size + size, "zeros")
        self.first = self.add_weight(size, "zeros")
        self.last = self.add_weight(size, "zeros")

    def call(self, emissions):
        """Return the emissions as they are."""
        return emissions

    def scores(self):
        """Return transitions, first and last, forbidden ones far below."""
        transitions, first, last = map(ops.convert_to_tensor, self.weights)
        pairs, opening = allowed_transitions(self.tags)
        transitions = ops.where(pairs, transitions, FORBIDDEN)
        return transitions, ops.where(opening, first, FORBIDDEN), last
