"""Run the modes on every backend, each in a Python of its own."""

from concurrent.futures import ThreadPoolExecutor

from kerasbook.beyond.compression.calibrated import (
    build_token_network,
    compare_modes,
    output_when_quantized,
)
from kerasbook.isolation import call_on_backend

MODES_HEADER = """
import gc
import warnings

import keras
import numpy as np

gc.freeze()  # `quantize` collects garbage after each layer: now it is quick
"""


def modes_on_backend(backend):
    """Return, for each mode, how far it is off on a backend."""
    parts = (build_token_network, output_when_quantized, compare_modes)
    return call_on_backend(
        backend, parts, "compare_modes()", header=MODES_HEADER, quick=True
    )


def modes_on_backends(backends):
    """Return `{backend: {mode: how far it is off}}`, several at a time."""
    with ThreadPoolExecutor() as pool:
        return dict(
            zip(backends, pool.map(modes_on_backend, backends), strict=True)
        )
