"""Weights from a file of others: read, held against a network, put in."""

import zipfile
from pathlib import Path

import numpy as np

# What NumPy raises for a missing, an empty, a cut off and another file.
UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, ValueError, AttributeError)


def read_arrays(path):
    """Read all arrays of an `.npz` file, a dict; no pickle is loaded.

    Raises:
        ValueError: there is no such file, it is cut off, or it is no `.npz`.
    """
    try:
        with Path(path).open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            return {name: archive[name] for name in archive.files}
    except UNREADABLE as error:
        raise ValueError(
            "Expected a whole .npz file of arrays; fetch or copy it again. "
            f"Received: {Path(path).name!r} ({type(error).__name__})"
        ) from error


def check_names_and_shapes(model, arrays):
    """Compare names and shapes of arrays with those of a model's weights.

    `arrays`: dict from names such as `conv_00/kernel` to arrays.
    """
    shapes = {weight.path: tuple(weight.shape) for weight in model.weights}
    for name in sorted(shapes.keys() | arrays.keys()):
        expected = shapes.get(name, "no such weight")
        found = getattr(arrays.get(name), "shape", "no such array")
        if expected != found:
            raise ValueError(
                f"{name}: the network has {expected}, the file {found}. Build "
                "the network for which these weights were saved."
            )


def assign_weights(model, arrays):
    """Assign arrays to the weights of the same name."""
    check_names_and_shapes(model, arrays)
    for weight in model.weights:
        weight.assign(arrays[weight.path].astype("float32"))
