"""What a reference run is made of."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """One way to train; `run(seed, **parameters)` returns its metrics.

    With `keeps_files`, `run` also gets `folder`, where it may leave pictures for the page.
    """

    name: str
    parameters: dict
    run: Callable[..., dict[str, float]]
    keeps_files: bool = False
