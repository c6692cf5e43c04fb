"""Answers to the exercises on attention, each with the usual mistake."""

import numpy as np


def band_mask(length, window):
    """Say who may look at whom: itself and `window - 1` before it."""
    back = np.subtract.outer(np.arange(length), np.arange(length))
    return ((back >= 0) & (back < window)).astype(int)


def careless_band_mask(length, window):
    """Count the character itself as if it were not in the window."""
    back = np.subtract.outer(np.arange(length), np.arange(length))
    return ((back >= 0) & (back <= window)).astype(int)


def text_perplexity(chances):
    """Take one over the geometric mean."""
    return float(np.exp(-np.mean(np.log(chances))))


def careless_text_perplexity(chances):
    """Take one over the plain mean, which forgives what was impossible."""
    return float(1 / np.mean(chances))
