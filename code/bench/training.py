"""Seconds an epoch of the article's network on two backends, each in a process of its own.

As a program (`python -m bench.training COUNT EPOCHS`) it trains on the backend that
`KERAS_BACKEND` names and prints the seconds of every epoch.
"""

import importlib.util
import json
import sys
import time
from pathlib import Path
from statistics import median

from bench.measure import environment, python
from bench.report import Row, ratio, seconds
from bookkit.paths import ROOT

BACKENDS = ("tensorflow", "jax")
COUNT = 5_000
EPOCHS = 6  # the first compiles and is left out
BATCH_SIZE = 32


def epoch_seconds(count: int, epochs: int) -> list[float]:
    """Train on the first `count` images and time every epoch."""
    import keras

    from kerasbook.applications.image_classification import build_article_network, load_cifar10

    (images, labels), _ = load_cifar10()
    model = build_article_network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    times: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: times.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter() - times.pop()),
    )
    model.fit(
        images[:count],
        labels[:count],
        epochs=epochs,
        batch_size=BATCH_SIZE,
        callbacks=[clock],
        verbose=0,
    )
    return times


def data_folder(project: Path) -> Path:
    """Return the full data where they were fetched, else the sample."""
    full = ROOT / "data"
    return full if (full / "cifar10.npz").is_file() else project / "code" / "bookkit" / "sample"


def measure(project: Path, rounds: int) -> list[Row]:
    """Train on every backend that is installed, forth and back, so that a drift hits all alike."""
    present = [name for name in BACKENDS if importlib.util.find_spec(name)]
    folder = data_folder(project)
    taken: dict[str, list[list[float]]] = {name: [] for name in present}
    for _ in range(rounds):
        for name in present + present[::-1]:
            taken[name].append(_in_process(project, folder, name))
    data = "full data, 5,000 images" if folder == ROOT / "data" else "sample, 2,000 images"
    return _rows(taken, data)


def _in_process(project: Path, folder: Path, backend: str) -> list[float]:
    env = environment(project) | {"KERAS_BACKEND": backend, "KERASBOOK_DATA": str(folder)}
    arguments = ["-m", "bench.training", str(COUNT), str(EPOCHS)]
    run = python(f"{EPOCHS} epochs on {backend}", *arguments, cwd=project, env=env)
    return json.loads(run.output.splitlines()[-1])


def _rows(taken: dict[str, list[list[float]]], data: str) -> list[Row]:
    base = next(iter(taken))
    steady = {name: median(t for run in runs for t in run[1:]) for name, runs in taken.items()}
    rows = []
    for name, runs in taken.items():
        kept = sum(len(run) - 1 for run in runs)
        against = f"{base} (median of {kept} epochs)"
        times = ratio(steady[name], steady[base])
        rows.append(Row(f"an epoch on {name}, {data}", seconds(steady[name]), times, against))
        first = median(run[0] for run in runs)
        times = ratio(first, steady[name])
        rows.append(Row("  first epoch, with compilation", seconds(first), times, "later epochs"))
    missing = [name for name in BACKENDS if name not in taken]
    return rows + [Row(f"an epoch on {name}", "not installed") for name in missing]


if __name__ == "__main__":
    print(json.dumps(epoch_seconds(int(sys.argv[1]), int(sys.argv[2]))))
