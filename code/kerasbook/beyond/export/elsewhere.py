"""Run an exported model in a process of its own, and compare."""

import inspect
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from kerasbook.isolation import run_without
from kerasbook.memory import peak_memory_mib

# What the functions below need in the other process.
HEADER = """
import importlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
"""


def measure_runtime(start, path, folder):
    """Measure cold start, latency and memory of a model, in its process."""
    images = np.load(f"{folder}/images.npy")
    began = time.perf_counter()
    answer = start(path)
    answer(images[:1])
    report = {"start_s": time.perf_counter() - began}
    laps = []
    for _ in range(100):  # ①
        began = time.perf_counter()
        answer(images[:1])
        laps.append(time.perf_counter() - began)
    report["image_ms"] = 1000 * float(np.median(laps))
    np.save(f"{folder}/answers.npy", answer(images))
    report["memory_mib"] = peak_memory_mib()
    report["has_keras"] = "keras" in sys.modules
    Path(folder, "report.json").write_text(json.dumps(report))


def run_elsewhere(start, path, images, *, hidden=("keras",)):
    """Start a model in a fresh process that cannot see Keras.

    Args:
        start: takes a path, returns a function from images to answers;
            its source goes to the other process, so it imports by itself.
        path: the file or folder of the model.
        images: what to answer, of shape `(n, ...)`.
        hidden: tuple of the packages to hide.

    Returns:
        the answers, and a dict of `start_s`, `image_ms`, `memory_mib` and
        `has_keras`.
    """
    parts = (start, peak_memory_mib, measure_runtime)
    sources = "\n".join([HEADER, *map(inspect.getsource, parts)])
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "images.npy"), images)
        report, model = Path(folder, "report.json"), str(Path(path).resolve())
        call = f"measure_runtime({start.__name__}, {model!r}, {folder!r})"
        said = run_without(
            f"{sources}\n{call}\n", hidden=hidden, backend="tensorflow"
        )
        if not report.exists():
            raise RuntimeError(f"{start.__name__} failed: {said}")
        answers = np.load(Path(folder, "answers.npy"))
        return answers, json.loads(report.read_text())


def kilobytes_of(path):
    """Measure a file, or all files in a folder."""
    inside = [each for each in Path(path).rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in inside or [Path(path)]) / 1000


def compare_answers(source, other, tolerance=1e-5):
    """Return how far two arrays of probabilities are apart, at most.

    Raises an error if that is more than `tolerance`.
    """
    apart = np.abs(np.asarray(source) - np.asarray(other))
    if apart.max() > tolerance:
        same = np.mean(source.argmax(axis=1) == other.argmax(axis=1))
        raise ValueError(
            f"Expected answers within {tolerance}. Received: off by "
            f"{apart.max():.2g}, {same:.0%} of the labels the same"
        )
    return float(apart.max())
