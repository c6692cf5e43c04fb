"""Reference runs of the page on what is coming: its watches, today and on Keras's nightly build.

Nothing is trained. The nightly build is installed without what it requires, into a folder that goes
away; the other packages are those of the book.
"""

import json
import os
import subprocess
import sys
import tempfile

from bookkit.errors import BookError
from bookkit.paths import CODE
from recipes.recipe import Recipe

# How a tagger is judged whose batches are padded: as this release does, then with both cures.
JUDGE = """
import json

import keras
import numpy as np

from kerasbook.outlook.coming.padding import build_small_tagger, labels_with_errors

words = np.array([[3, 4, 5, 0, 0, 0], [1, 2, 3, 4, 5, 6]])
weights = (words > 0).astype("float32")
told = {"version": keras.__version__}
for kept, keep_mask in (("", None), ("_kept", True)):
    model = build_small_tagger(keep_mask=keep_mask)
    tags = labels_with_errors(model, words, n_wrong=5)
    told["accuracy" + kept] = model.evaluate(words, tags, verbose=0)[1]
    weighted = model.evaluate(words, tags, sample_weight=weights, verbose=0)
    told["weighted_accuracy" + kept] = weighted[1]
print("judged:" + json.dumps(told))
"""


def install(package, folder):
    """Install a package alone into a folder; the newest, a development build if need be."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--pre"]
    ended = subprocess.run(
        [*command, "--target", folder, package], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise BookError(f"{package} cannot be installed: {ended.stderr.strip()}")


def judge():
    """Run `JUDGE` in a process of its own."""
    from kerasbook.isolation import run_without

    said = run_without(JUDGE, hidden=("tensorflow", "torch"), backend="jax")
    if "judged:" not in said:
        raise BookError(f"the tagger cannot be judged: {said}")
    return json.loads(said.rpartition("judged:")[2])


def _look(seed, *, package):
    """Look at all watches with a package in front of the installed Keras, or with that alone."""
    from kerasbook.outlook.coming.watches import WATCHES
    from kerasbook.outlook.coming.watching import check_watches_on_backend

    with tempfile.TemporaryDirectory() as folder:
        if package:
            install(package, folder)
        # Of the processes to come: a run has a process of its own.
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, str(CODE)])
        states: dict[str, str] = {}
        for backend, watches in WATCHES.items():
            states |= check_watches_on_backend(watches, backend)
        judged = judge()
    if broken := {name: said for name, said in states.items() if said not in STATES}:
        raise BookError(f"watches that cannot answer, to be mended: {broken}")
    changed = sum(said == "changed" for said in states.values())
    holding = {name: float(said == "holds") for name, said in states.items()}
    return {"changed": float(changed), "watches": float(len(states)), **judged, **holding}


STATES = ("holds", "changed")
TASKS = {
    "nightly": (
        "keras-names",
        [
            Recipe("installed", {"package": None}, _look),
            Recipe("nightly", {"package": "keras-nightly"}, _look),
        ],
    ),
}
