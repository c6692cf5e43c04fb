"""What networks say together, which an exercise asks for, and its mistake."""

import numpy as np


def log_linear_pool(probabilities):
    """Normalized geometric mean of the members' probabilities."""
    mean = np.exp(np.log(probabilities).mean(axis=0))
    return mean / mean.sum()


def average_probabilities(probabilities):
    """Make the usual mistake: average the probabilities themselves."""
    return np.mean(probabilities, axis=0)
