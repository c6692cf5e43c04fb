"""Programs of one network, written in several ways, and how they compare."""

import time

import numpy as np

from kerasbook.isolation import call_on_backend
from kerasbook.outlook.choosing.network import train_with_fit

HEADERS = {
    "all": "import re, time\nimport keras\nimport numpy as np",
    "tensorflow": "import tensorflow as tf",
    "jax": "import jax\nimport jax.numpy as jnp",
    "torch": "import torch",
}


def slice_batches(x, y, batch_size):
    """Cut arrays into pairs of batches, in their order."""
    starts = range(0, len(x), batch_size)
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in starts]


def run_plain(train, weights, x, y, *, batch_size, **settings):
    """Train a network that is written without Keras.

    Args:
        train: such as `train_sharp_jax`.
        weights: arrays `[w1, b1, w2, b2]`.
        x: images of shape `(n, inputs)`, in the order of training.
        y: integer labels of shape `(n,)`.
        batch_size: images a step.
        settings: what `train` wants besides.

    Returns:
        dict: `losses`, `ticks` (seconds of the processor, the start
            first), `weights`.
    """
    ticks = [time.process_time()]
    losses, trained = train(
        weights,
        slice_batches(x, y, batch_size),
        after_epoch=lambda: ticks.append(time.process_time()),
        **settings,
    )
    return {"losses": losses, "ticks": ticks, "weights": trained}


def run_pair(train_step, train, path, **settings):
    """Train the same network in Keras and without it.

    Args:
        train_step: as for `train_with_fit`.
        train: as for `run_plain`.
        path: an `.npz` file with `x`, `y` and `w1`, `b1`, `w2`, `b2`.
        settings: those of `train_with_fit`.

    Returns:
        dict with what both returned, as `Keras` and `plain`, fit for JSON.
    """
    with np.load(path) as file:
        weights = [file[name] for name in ("w1", "b1", "w2", "b2")]
        x, y = file["x"], file["y"]
    answers = {
        "Keras": train_with_fit(train_step, weights, x, y, **settings),
        "plain": run_plain(train, weights, x, y, **settings),
    }
    for answer in answers.values():
        answer["weights"] = [array.tolist() for array in answer["weights"]]
    return answers


def run_contest(backend, own, shared, path, **settings):
    """Train both ways and try wishes, in a process that sees one backend.

    Args:
        backend: a key of `HEADERS`.
        own: functions of this backend, the first a `train_step`, the last
            what trains without Keras.
        shared: functions of all programs.
        path: as for `run_pair`.
        settings: as for `run_pair`.
    """
    names = f"{own[0].__name__}, {own[-1].__name__}"
    call = f"run_pair({names}, {str(path)!r}, **{settings!r})"
    return call_on_backend(
        backend, shared + own, f"{call} | {{'wishes': try_wishes()}}",
        header=f"{HEADERS['all']}\n{HEADERS[backend]}",
    )  # fmt: skip


def fastest_step_ms(answer, steps):
    """Return milliseconds a step in the fastest epoch but the first."""
    return 1000 * float(np.diff(answer["ticks"])[1:].min()) / steps


def max_abs_difference(answers, key):
    """Largest absolute difference of several results from the first.

    Args:
        answers: list of dicts of equal shapes.
        key: `losses` or `weights`.
    """
    first, *others = (np.hstack([np.ravel(a) for a in answer[key]])
                      for answer in answers)  # fmt: skip
    return max(float(np.abs(other - first).max()) for other in others)
