"""A digit that the reader draws with characters."""

import numpy as np


def read_drawing(text):
    """Turn 8 lines of 8 characters, `#` for ink, into an image `(1, 64)`."""
    rows = text.split()
    if [len(row) for row in rows] != [8] * 8:
        raise ValueError(
            "Expected 8 lines of 8 characters. "
            f"Received: lines of {[len(row) for row in rows]} characters"
        )
    return np.array([[c == "#" for c in "".join(rows)]], "float32")
