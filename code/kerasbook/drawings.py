"""Digits and other pictures drawn with characters, and rows of small ones."""

import numpy as np


def read_cells(text):
    """Turn lines of characters into an array, 1 where there is a `#`."""
    rows = text.split()
    if len({len(row) for row in rows}) != 1:
        raise ValueError(
            "Expected lines of one length. "
            f"Received: lines of {[len(row) for row in rows]} characters"
        )
    return np.array([[sign == "#" for sign in row] for row in rows], "float32")


def read_drawing(text):
    """Turn 8 lines of 8 characters, `#` for ink, into an image `(1, 64)`."""
    rows = text.split()
    if [len(row) for row in rows] != [8] * 8:
        raise ValueError(
            "Expected 8 lines of 8 characters. "
            f"Received: lines of {[len(row) for row in rows]} characters"
        )
    return np.array([[c == "#" for c in "".join(rows)]], "float32")


def plot_cells(axes, pictures, titles):
    """Draw pictures of shape `(rows, columns)` in gray, dark where 1."""
    for axis, picture, title in zip(axes, pictures, titles, strict=True):
        axis.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(True)
