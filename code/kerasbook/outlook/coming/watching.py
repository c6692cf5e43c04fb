"""Run watches, in this process or in one on another backend."""

from kerasbook.isolation import call_on_backend

WATCH_IMPORTS = """\
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import tempfile
import warnings

import keras
import numpy as np

warnings.simplefilter("ignore")
"""


def check_watch(watch):
    """Run a watch: "holds", "changed", or its error.

    Returns:
        `"holds"`, `"changed"`, or the error that it met.
    """
    try:
        return "holds" if watch() else "changed"
    except Exception as error:  # news, too: of a kind that nobody foresaw
        return f"{type(error).__name__}: {error}"


def check_watches_on_backend(watches, backend):
    """Run watches in a process with another backend.

    Args:
        watches: functions, whose source that process gets.
        backend: on which Keras runs there.

    Returns:
        maps their names to what `check_watch` says.
    """
    names = [watch.__name__ for watch in watches]
    answers = ", ".join(f"{name!r}: check_watch({name})" for name in names)
    return call_on_backend(
        backend, [check_watch, *watches], f"{{{answers}}}", header=WATCH_IMPORTS
    )
