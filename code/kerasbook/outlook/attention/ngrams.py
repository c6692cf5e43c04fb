"""Count what follows what: an n-gram model with Kneser and Ney's smoothing."""

from collections import Counter, defaultdict

import numpy as np


def context_counts(text, length, distinct):
    """Count which characters follow each context of `length` characters.

    Args:
        text: a string.
        length: of the context.
        distinct: count before how many different characters context and
            follower stand, not how often (kneser1995).

    Returns:
        dict by context of `Counter` by character.
    """
    size = length + 1 + distinct
    pieces = [text[i : i + size] for i in range(len(text) - size + 1)]
    following = defaultdict(Counter)
    for piece in set(pieces) if distinct else pieces:
        following[piece[-length - 1 : -1]][piece[-1]] += 1
    return following


def ngram_counts(text, order):
    """N-gram counts for all orders up to `order`, a list (Kneser-Ney)."""
    return [
        context_counts(text, length, distinct=length < order - 1)
        for length in range(order)
    ]


def ngram_probability(orders, context, character, *, known, discount=0.75):
    """Return how probable a character is after a context (kneser1995).

    Each count gives up `discount`; what is saved goes to the guess of the
    context that is one character shorter. `orders` are of `ngram_counts`,
    `context` is all that came before, and `known` the vocabulary's size.
    """
    chance = 1 / known
    for length, following in enumerate(orders):
        counts = following.get(context[len(context) - length :])
        if length > len(context) or not counts:
            break
        own = max(counts[character] - discount, 0)  # ①
        chance = (own + discount * len(counts) * chance) / counts.total()  # ②
    return chance


def ngram_probabilities(orders, text, *, known, discount=0.75):
    """Probability of each character of a text by the n-gram model."""
    longest = len(orders) - 1
    return np.array([
        ngram_probability(
            orders, text[max(0, i - longest) : i], text[i],
            known=known, discount=discount,
        )
        for i in range(1, len(text))
    ])  # fmt: skip


def perplexity(chances):
    """Return one over the geometric mean of probabilities."""
    return float(np.exp(-np.mean(np.log(chances))))
