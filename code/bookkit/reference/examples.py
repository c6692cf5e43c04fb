"""Keep the score of each test example of a run, so that two recipes are compared in pairs."""

import base64
import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from bookkit.errors import BookError
from kerasbook.scores import paired_difference

EXAMPLES = "examples"  # of a run: by metric, the score of each test example, `encode`d


def encode(scores: Any) -> str:
    """Write scores `(n,)`, whose mean is a metric, in few characters."""
    return base64.b64encode(zlib.compress(np.asarray(scores, "<f4").tobytes(), 9)).decode()


def decode(text: str) -> np.ndarray:
    """Read what `encode` wrote."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<f4").astype(float)


def standard_error(*sides: tuple[Sequence[dict], str]) -> float:
    """Return the standard error of the difference of two means over the same examples.

    It tells how far other test examples would move the difference of these trained models; how far
    other seeds would, the range over the runs tells.

    Args:
        sides: two pairs of runs and a metric of theirs.

    Raises:
        BookError: the runs kept no scores, or of other examples.
    """
    means = []
    for runs, metric in sides:
        if any(metric not in run.get(EXAMPLES, {}) for run in runs):
            raise BookError(f"a run kept no {metric} of each example: make reference again")
        means.append(np.mean([decode(run[EXAMPLES][metric]) for run in runs], axis=0))
    if len(means[0]) != len(means[1]):
        sizes = " and ".join(str(len(mean)) for mean in means)
        raise BookError(f"expected scores of the same test examples. Received: {sizes}")
    return paired_difference(*means)[1]


def agrees(scores: str, value: float) -> bool:
    """Tell whether scores can be read, and are those of a metric: their mean is its value."""
    try:
        mean = float(decode(scores).mean())
    except (ValueError, zlib.error):
        return False
    return math.isclose(mean, value, abs_tol=1e-5)
