"""What a reference run is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """One way to train; `run(seed, **parameters)` returns its metrics.

    Among them, `examples` holds by metric the scores `(n,)` of the test examples, whose mean the
    metric is: with them, recipes are compared in pairs. With `keeps_files`, `run` also gets
    `folder`, where it may leave pictures for the page.
    """

    name: str
    parameters: dict
    run: Callable[..., dict[str, Any]]
    keeps_files: bool = False
