"""Run the probes on a backend, in a Python of its own."""

from kerasbook.beyond.profiling.network import build_photo_network, draw_photos
from kerasbook.beyond.profiling.probes import (
    first_step_s,
    fit_step_ms,
    measure_everything,
    run_script,
    time_inference,
    time_mode,
    time_modes,
    time_script,
    time_shapes,
    time_sources,
)
from kerasbook.beyond.profiling.rates import take_turns
from kerasbook.beyond.profiling.waiting import (
    SlowPhotos,
    read_with_grain,
    read_with_tensorflow,
    require_divisor,
)
from kerasbook.isolation import call_on_backend
from kerasbook.stopwatch import shortest_seconds

TIMING_HEADER = """
import os

os.environ.update({
    "OMP_NUM_THREADS": "1",  # PyTorch
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "NPROC": "1",  # JAX
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",  # JAX
    "TF_CPP_MIN_LOG_LEVEL": "3",
})

import json
import time
import warnings
from functools import partial

import grain
import keras
import numpy as np

warnings.filterwarnings("ignore", message="Your input ran out of data")
"""

PROBES = (
    build_photo_network, draw_photos, shortest_seconds, take_turns,
    require_divisor, SlowPhotos, read_with_grain, read_with_tensorflow,
    fit_step_ms, first_step_s, time_mode, time_modes, time_inference,
    time_sources, time_shapes, run_script, time_script, measure_everything,
)  # fmt: skip


def ask_backend(backend, call="measure_everything()", *, timeout_s=1800):
    """Run the probes on a backend and return what they found."""
    return call_on_backend(
        backend, PROBES, call, header=TIMING_HEADER, timeout_s=timeout_s
    )
