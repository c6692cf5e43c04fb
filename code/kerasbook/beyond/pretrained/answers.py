"""The usual mistake in averaging tokens, which an exercise catches."""

import numpy as np


def mean_without_padding(states, mask):
    """Average the vectors of one text where the mask is 1."""
    weights = np.asarray(mask)[:, None]
    return (states * weights).sum(axis=0) / weights.sum()


def careless_mean(states, mask):
    """Make the usual mistake: zeros are added up, but counted as well."""
    return (states * np.asarray(mask)[:, None]).mean(axis=0)
