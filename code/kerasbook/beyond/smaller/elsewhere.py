"""Run the modes on every backend, each in a Python of its own."""

import inspect
import json
from concurrent.futures import ThreadPoolExecutor

from kerasbook.beyond.smaller.calibrated import (
    build_token_network,
    compare_modes,
    quantize_calibrated,
)
from kerasbook.isolation import run_without

MODES_HEADER = """
import json
import logging
import warnings

import keras
import numpy as np
"""


def modes_on_backend(backend):
    """Return, for each mode, how far it is off on a backend.

    Raises:
        RuntimeError: the program failed there; says its error.
    """
    parts = (build_token_network, quantize_calibrated, compare_modes)
    sources = [MODES_HEADER, *map(inspect.getsource, parts)]
    hidden = {"tensorflow", "jax", "torch"} - {backend}
    program = "\n\n".join([*sources, "print(json.dumps(compare_modes()))\n"])
    printed = run_without(program, hidden=tuple(hidden), backend=backend)
    last = (printed.splitlines() or ["nothing was printed"])[-1]
    try:
        return json.loads(last)
    except ValueError:
        raise RuntimeError(f"Failed on {backend}: {last}") from None


def modes_on_backends(backends):
    """Return `{backend: {mode: how far it is off}}`, several at a time."""
    with ThreadPoolExecutor() as pool:
        return dict(
            zip(backends, pool.map(modes_on_backend, backends), strict=True)
        )
