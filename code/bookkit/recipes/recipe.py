"""What a reference run is made of."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """One way to train; `run(seed, **parameters)` returns its metrics."""

    name: str
    parameters: dict
    run: Callable[..., dict[str, float]]
