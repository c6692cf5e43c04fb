"""An n-gram model with Kneser-Ney smoothing, and perplexity."""

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


def ngram_probability(tables, context, character, *, vocab_size, discount=0.75):
    """Return how probable a character is after a context (kneser1995).

    Each count gives up `discount`; what is freed goes to the context that is
    one character shorter. `tables` are of `ngram_counts`, `context` is all
    that came before.
    """
    probability = 1 / vocab_size
    for length, following in enumerate(tables):
        counts = following.get(context[len(context) - length :])
        if length > len(context) or not counts:
            break
        own = max(counts[character] - discount, 0)  # ①
        freed = discount * len(counts)
        probability = (own + freed * probability) / counts.total()  # ②
    return probability


def ngram_probabilities(tables, text, *, vocab_size, discount=0.75):
    """Probability of each character of a text by the n-gram model."""
    longest = len(tables) - 1
    return np.array([
        ngram_probability(
            tables, text[max(0, i - longest) : i], text[i],
            vocab_size=vocab_size, discount=discount,
        )
        for i in range(1, len(text))
    ])  # fmt: skip


def perplexity(probabilities):
    """Return one over the geometric mean of probabilities."""
    return float(np.exp(-np.mean(np.log(probabilities))))
