"""A linear-chain conditional random field in `keras.ops`."""

import keras
import numpy as np
from keras import ops

FORBIDDEN = -1e4  # far below any score, and finite: its gradient stays zero


def allowed_transitions(tags):
    """Say which tag may follow which: `I-x` only `B-x` or `I-x`.

    Returns:
        booleans of shape `(num_tags, num_tags)`, rows before columns, and of
        shape `(num_tags,)`: which tag may open a sentence.
    """
    pairs = np.ones((len(tags), len(tags)), dtype=bool)
    first = np.array([not tag.startswith("I-") for tag in tags])
    for column in np.flatnonzero(~first):
        kind = tags[column][2:]
        pairs[:, column] = [tag in (f"B-{kind}", f"I-{kind}") for tag in tags]
    return pairs, first


def path_score(emissions, tags, mask, transitions, first, last):
    """Add up what one sequence of tags scores.

    Args:
        emissions: shape `(batch, time, num_tags)`.
        tags: integers of shape `(batch, time)`.
        mask: 1 for a token, 0 for padding at the end; `(batch, time)`.
        transitions: shape `(num_tags, num_tags)`, rows before columns.
        first: scores of the opening tag, `(num_tags,)`.
        last: scores of the closing tag, `(num_tags,)`.

    Returns:
        scores of shape `(batch,)`.
    """
    chosen = ops.take_along_axis(emissions, tags[..., None], axis=-1)[..., 0]
    num_tags = ops.shape(emissions)[-1]
    pairs = tags[:, :-1] * num_tags + tags[:, 1:]
    steps = ops.take(ops.reshape(transitions, (-1,)), pairs)
    lengths = ops.cast(ops.sum(mask, axis=1), "int32")
    closing = ops.take_along_axis(tags, lengths[:, None] - 1, axis=1)[:, 0]
    return (
        ops.take(first, tags[:, 0])
        + ops.sum(chosen * mask, axis=1)
        + ops.sum(steps * mask[:, 1:], axis=1)
        + ops.take(last, closing)
    )


def log_partition(emissions, mask, transitions, first, last):
    """Compute the log of the summed exponentials of all paths' scores.

    The forward algorithm: one pass over time instead of a sum over
    `num_tags ** time` paths. Arguments as in `path_score`.

    Returns:
        values of shape `(batch,)`.
    """

    def step(time, alpha):
        paths = alpha[:, :, None] + transitions  # (batch, before, after)
        longer = ops.logsumexp(paths, axis=1) + by_time[time]
        return ops.where(keep[time][:, None] > 0, longer, alpha)

    by_time = ops.transpose(emissions, (1, 0, 2))  # (time, batch, num_tags)
    keep = ops.transpose(mask)
    alpha = first + by_time[0]
    alpha = ops.fori_loop(1, ops.shape(emissions)[1], step, alpha)
    return ops.logsumexp(alpha + last, axis=-1)


def viterbi(emissions, transitions, first, last):
    """Find the best path through one sentence.

    Args:
        emissions: NumPy array of shape `(time, num_tags)`, no padding.
        transitions: as in `path_score`, and so are the others.
        first: scores of the opening tag.
        last: scores of the closing tag.

    Returns:
        integers of shape `(time,)`.
    """
    best = first + emissions[0]
    pointers = []
    for emission in emissions[1:]:
        paths = best[:, None] + transitions  # (before, after)
        pointers.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + emission
    path = [int((best + last).argmax())]
    for pointer in reversed(pointers):
        path.append(int(pointer[path[-1]]))
    return np.array(path[::-1])


class CRF(keras.layers.Layer):
    """Scores of tag pairs, learned with the network below it.

    The layer hands emissions of shape `(batch, time, num_tags)` through; its
    weights enter the loss.

    Args:
        tags: the names of the tags, in the order of the last axis.
    """

    def __init__(self, tags, **options):
        super().__init__(**options)
        self.supports_masking = True
        self.tags = list(tags)

    def build(self, input_shape):
        """Create transitions, first and last, all zero."""
        count = len(self.tags)
        for name, shape in (
            ("transitions", (count, count)),
            ("first", (count,)),
            ("last", (count,)),
        ):
            weight = self.add_weight(
                shape=shape, initializer="zeros", name=name
            )
            setattr(self, name, weight)

    def call(self, emissions):
        """Return the emissions as they are."""
        return emissions

    def scores(self):
        """Return transitions, first and last, forbidden ones far below."""
        pairs, first = allowed_transitions(self.tags)
        return (
            ops.where(
                pairs, ops.convert_to_tensor(self.transitions), FORBIDDEN
            ),
            ops.where(first, ops.convert_to_tensor(self.first), FORBIDDEN),
            ops.convert_to_tensor(self.last),
        )

    def loss(self, tags, emissions):
        """Mean negative log-likelihood a sentence; `tags` is -1 at padding."""
        mask = ops.cast(tags >= 0, emissions.dtype)
        tags = ops.cast(ops.maximum(tags, 0), "int32")
        scores = self.scores()
        likelihood = path_score(emissions, tags, mask, *scores)
        likelihood = likelihood - log_partition(emissions, mask, *scores)
        return -ops.mean(likelihood)

    def get_config(self):
        """Return what the layer is rebuilt from."""
        return {**super().get_config(), "tags": self.tags}
