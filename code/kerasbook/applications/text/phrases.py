"""Short texts whose meaning is in the order of their words."""

import numpy as np

NEUTRAL = (
    "the", "food", "room", "view", "was", "is", "and", "really", "quite",
    "at", "all", "here", "today", "we", "said", "you", "a",
)  # fmt: skip


def make_verdicts(count, *, gaps, seed):
    """Make texts of 16 words: one *good*, one *bad*, *not* before one of them.

    It may be the earlier one or the later one. `gaps` says how many words
    may stand between *not* and what it negates.
    Returns the texts, and 1 for praise (*not bad*), 0 for a complaint.
    """
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, count)
    texts = []
    for praise in labels:
        words = generator.choice(NEUTRAL, 16)
        gap = generator.choice(gaps)
        first = generator.integers(2, 9 - gap)  # two neutral words, or more,
        if generator.integers(2):  # between and around
            no, other = first, generator.integers(first + gap + 4, 14)
        else:
            no, other = generator.integers(first + 3, 13 - gap), first
        pair = ["bad", "good"] if praise else ["good", "bad"]
        words[[no, no + 1 + gap, other]] = "not", *pair
        texts.append(" ".join(words))
    return texts, labels


def conv1d_relu_max(vectors, pattern, bias):
    """One Conv1D filter, ReLU, global max pooling.

    The text has the shape `(tokens, channels)`, the filter `(width, channels)`.
    """
    width = len(pattern)
    sums = [
        (vectors[start : start + width] * pattern).sum() + bias
        for start in range(len(vectors) - width + 1)
    ]
    return max(0.0, *sums)
