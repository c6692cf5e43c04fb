"""Seconds an epoch of the article's network on two backends, each in a process of its own.

As a program (`python -m bench.training COUNT EPOCHS`) it trains on the backend that
`KERAS_BACKEND` names and prints what every epoch took: `[wall seconds, processor seconds]`.
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


def epochs_taken(count: int, epochs: int) -> list[list[float]]:
    """Train on the first `count` images and time every epoch, in wall and in processor time."""
    import keras

    from kerasbook.applications.image_classification import build_article_network
    from kerasbook.cifar10 import load_cifar10

    (images, labels), _ = load_cifar10()
    model = build_article_network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    began: list[list[float]] = []
    ended: list[list[float]] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: began.append(now()),
        on_epoch_end=lambda epoch, logs: ended.append(now()),
    )
    model.fit(
        images[:count],
        labels[:count],
        epochs=epochs,
        batch_size=BATCH_SIZE,
        callbacks=[clock],
        verbose=0,
    )
    return [
        [after - before for after, before in zip(end, start, strict=True)]
        for end, start in zip(ended, began, strict=True)
    ]


def now() -> list[float]:
    """Return the wall clock and the processor time of this process, in seconds."""
    return [time.perf_counter(), time.process_time()]


def data_folder(project: Path) -> Path:
    """Return the full data where they were fetched, else the sample."""
    full = ROOT / "data"
    return full if (full / "cifar10.npz").is_file() else project / "code" / "bookkit" / "sample"


def measure(project: Path, rounds: int) -> list[Row]:
    """Train on every backend that is installed, forth and back, so that a drift hits all alike."""
    present = [name for name in BACKENDS if importlib.util.find_spec(name)]
    folder = data_folder(project)
    taken: dict[str, list[list[list[float]]]] = {name: [] for name in present}
    for _ in range(rounds):
        for name in present + present[::-1]:
            taken[name].append(_in_process(project, folder, name))
    data = "full data, 5,000 images" if folder == ROOT / "data" else "sample, 2,000 images"
    return _rows(taken, data)


def _in_process(project: Path, folder: Path, backend: str) -> list[list[float]]:
    env = environment(project) | {"KERAS_BACKEND": backend, "KERASBOOK_DATA": str(folder)}
    arguments = ["-m", "bench.training", str(COUNT), str(EPOCHS)]
    run = python(f"{EPOCHS} epochs on {backend}", *arguments, cwd=project, env=env)
    return json.loads(run.output.splitlines()[-1])


def _rows(taken: dict[str, list[list[list[float]]]], data: str) -> list[Row]:
    base = next(iter(taken))
    later = {name: [epoch for run in runs for epoch in run[1:]] for name, runs in taken.items()}
    wall = {name: median(epoch[0] for epoch in epochs) for name, epochs in later.items()}
    cpu = {name: median(epoch[1] for epoch in epochs) for name, epochs in later.items()}
    rows = []
    for name, runs in taken.items():
        title = f"an epoch on {name}, {data}"
        against = f"{base} (median of {len(later[name])} epochs)"
        first = median(run[0][0] for run in runs)
        rows += [
            Row(title, seconds(wall[name]), ratio(wall[name], wall[base]), against),
            Row("  processor time", seconds(cpu[name]), ratio(cpu[name], cpu[base]), base),
            Row("  first, compiling", seconds(first), ratio(first, wall[name]), "later epochs"),
        ]
    missing = [name for name in BACKENDS if name not in taken]
    return rows + [Row(f"an epoch on {name}", "not installed") for name in missing]


if __name__ == "__main__":
    print(json.dumps(epochs_taken(int(sys.argv[1]), int(sys.argv[2]))))
