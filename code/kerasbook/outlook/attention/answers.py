"""Answers to the exercises on attention, each with the usual mistake."""

import numpy as np


def band_mask(length, window):
    """Sliding-window causal mask of `window` positions."""
    distance = np.subtract.outer(np.arange(length), np.arange(length))
    return ((distance >= 0) & (distance < window)).astype(int)


def careless_band_mask(length, window):
    """Count the character itself as if it were not in the window."""
    distance = np.subtract.outer(np.arange(length), np.arange(length))
    return ((distance >= 0) & (distance <= window)).astype(int)


def joined_perplexity(parts):
    """Return the perplexity of all characters, given that of parts.

    Args:
        parts: pairs of a number of characters and their perplexity.
    """
    counts, values = np.transpose(parts)
    return float(np.exp(np.sum(counts * np.log(values)) / np.sum(counts)))


def careless_joined_perplexity(parts):
    """Take the plain mean, by the number of characters."""
    counts, values = np.transpose(parts)
    return float(np.sum(counts * values) / np.sum(counts))
