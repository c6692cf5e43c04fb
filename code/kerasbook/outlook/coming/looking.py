"""Look at watches, in this process or in one on another backend."""

import inspect

from kerasbook.isolation import run_without

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


def look(watch):
    """Say what has become of a watch.

    Returns:
        `"holds"`, `"changed"`, or the error that it met.
    """
    try:
        return "holds" if watch() else "changed"
    except Exception as error:  # news, too: of a kind that nobody foresaw
        return f"{type(error).__name__}: {error}"


def look_elsewhere(watches, backend):
    """Look at watches in a process of its own that sees no TensorFlow.

    Args:
        watches: functions, whose source that process gets.
        backend: on which Keras runs there.

    Returns:
        maps their names to what `look` says.
    """
    names = [watch.__name__ for watch in watches]
    sources = [inspect.getsource(part) for part in (look, *watches)]
    calls = [f'print("look:", look({name}))' for name in names]
    program = "\n\n".join([WATCH_IMPORTS, *sources, *calls])
    said = run_without(program, hidden=("tensorflow",), backend=backend)
    states = [
        line.removeprefix("look: ")
        for line in said.splitlines()
        if line.startswith("look: ")
    ]
    if len(states) != len(names):
        raise RuntimeError(
            f"Expected an answer from each of {names}. Received: {said!r}"
        )
    return dict(zip(names, states, strict=True))
