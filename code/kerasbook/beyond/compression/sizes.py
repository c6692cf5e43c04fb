"""What a model weighs: in memory, in a file, and without its optimizer."""

from pathlib import Path

import ml_dtypes
import numpy as np


def weight_megabytes(model):
    """Add up the bytes of all weights of a model, in MB of a million."""
    sizes = [
        np.prod(w.shape)
        * np.dtype(getattr(ml_dtypes, w.dtype, w.dtype)).itemsize
        for w in model.weights
    ]
    return float(sum(sizes)) / 1e6


def file_megabytes(path):
    """Return the size of a file, in MB of a million bytes."""
    return Path(path).stat().st_size / 1e6


def save_for_use(model, path):
    """Save a model without what only training needs; return its MB.

    The copy is made of configuration and weights, so `model` itself keeps
    its optimizer.
    """
    copy = type(model).from_config(model.get_config())  # not compiled
    copy.set_weights(model.get_weights())
    copy.save(path)
    return file_megabytes(path)
