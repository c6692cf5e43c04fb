"""An exercise: boxes in a square with bars, brought back to the photograph."""

import numpy as np


def remove_bars(boxes, width, height):
    """Map boxes from the letterboxed 416 × 416 input back to the photograph.

    Args:
        boxes: corners in the input, `(n, 4)`.
        width: of the photograph, which was fitted into the middle of the
            square, between bars.
        height: of the photograph.
    """
    side = max(width, height)
    bars = np.tile([(side - width) / 2, (side - height) / 2], 2)
    return np.asarray(boxes) * side / 416 - bars


def stretch_back(boxes, width, height):
    """Do what is right only for photographs that were stretched."""
    return np.asarray(boxes) * np.tile([width, height], 2) / 416
