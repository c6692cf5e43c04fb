"""Tang poems and Grimm's tales, as characters, token ids and windows."""

from collections import Counter
from pathlib import Path

import numpy as np

from kerasbook.data_folder import data_missing, find_data

UNKNOWN_CHARACTER = "□"  # in place of all that the vocabulary lacks


def load_texts(name):
    """Read the book's poems or tales, one a line, from its data folder.

    Args:
        name: `"poems"` or `"tales"`.

    Returns:
        training texts, and every tenth of all as test texts, two strings;
        each text in them begins with a line break.
    """
    found = find_data(f"poems-and-tales/{name}.txt")
    if not found:
        raise data_missing(f"The {name} were not found.")
    texts = Path(found[0]).read_text("utf-8").splitlines()
    test = ["\n" + text for text in texts[::10]]
    train = ["\n" + text for n, text in enumerate(texts) if n % 10]
    return "".join(train), "".join(test)


def character_vocabulary(text, min_count=2):
    """List the characters that are frequent enough, and `UNKNOWN_CHARACTER`."""
    counts = Counter(text)
    frequent = {c for c in counts if counts[c] >= min_count}
    return [*sorted(frequent - {UNKNOWN_CHARACTER}), UNKNOWN_CHARACTER]


def replace_unknown(text, characters):
    """Put `UNKNOWN_CHARACTER` in place of each character not listed."""
    vocabulary = set(characters)
    return "".join(c if c in vocabulary else UNKNOWN_CHARACTER for c in text)


def encode_text(text, characters):
    """Turn a text into the token ids of its characters, shape `(length,)`.

    Raises:
        ValueError: a character is not listed.
    """
    token_ids = {c: i for i, c in enumerate(characters)}
    unknown = sorted(set(text) - token_ids.keys())
    if unknown:
        raise ValueError(
            f"Expected characters that the model knows. Received: {unknown}. "
            "Leave them out, or let replace_unknown put "
            f"{UNKNOWN_CHARACTER} there."
        )
    return np.array([token_ids[c] for c in text], "int32")


def draw_windows(token_ids, length, count, generator):
    """Cut `count` windows at random positions: `(count, length + 1)`."""
    if len(token_ids) <= length:
        raise ValueError(
            f"Expected more than length={length} characters. Received: "
            f"{len(token_ids)}. Take a longer text or shorter windows."
        )
    starts = generator.integers(len(token_ids) - length, size=count)
    return token_ids[starts[:, None] + np.arange(length + 1)]
