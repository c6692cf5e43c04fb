"""Read `book/results/TASK.json`, so that prose quotes reference runs and nobody types them."""

import json
import statistics
from collections.abc import Callable
from pathlib import Path

from bookkit.errors import BookError

TIMES = ("wall_s", "cpu_s")  # of a run: elapsed, and processor time of all its threads
STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean,
    "std": lambda values: statistics.stdev(values) if len(values) > 1 else 0.0,
    "min": min,
    "max": max,
    "count": len,
}


def load(task: str, folder: Path) -> dict:
    """Load the results of a task.

    Raises:
        BookError: there are none; the message says how to make them.
    """
    path = folder / f"{task}.json"
    if not path.is_file():
        known = sorted(file.stem for file in folder.glob("*.json"))
        raise BookError(f"no results of {task!r} (known: {known}): make reference TASK={task}")
    return json.loads(path.read_text(encoding="utf-8"))


def values(document: dict, recipe: str, metric: str) -> list[float]:
    """Return one metric of every run of a recipe, by seed.

    Raises:
        BookError: no such recipe or metric; the message lists those that exist.
    """
    recipes = {entry["name"]: entry["runs"] for entry in document["recipes"]}
    if recipe not in recipes:
        raise BookError(f"no recipe {recipe!r}; there are: {', '.join(recipes)}")
    runs = recipes[recipe]
    found = [{**run["metrics"], **{key: run[key] for key in TIMES if key in run}} for run in runs]
    if metric not in found[0]:
        raise BookError(f"no metric {metric!r}; there are: {', '.join(found[0])}")
    return [run[metric] for run in found]


def quote(text: str, folder: Path) -> str:
    """Format `TASK/RECIPE/METRIC/STATISTIC:FORMAT`, or `TASK/KEY` for the origin of the runs.

    Raises:
        BookError: the text names nothing.
    """
    address, _, form = text.partition(":")
    parts = address.split("/")
    document = load(parts[0], folder)
    if len(parts) == 2:
        key = parts[1]
        found = {"date": document["date"], "commit": document["commit"]} | document["environment"]
        found["data"] = document["data"]["sha256"][:12]
        if key not in found:
            raise BookError(f"no {key!r} in the results of {parts[0]}; there are: {sorted(found)}")
        return format(found[key], form)
    if len(parts) != 4 or parts[3] not in STATISTICS:
        expected = f"TASK/RECIPE/METRIC/STATISTIC:FORMAT with {', '.join(STATISTICS)}"
        raise BookError(f"expected {expected}. Received: {text!r}")
    return format(STATISTICS[parts[3]](values(document, parts[1], parts[2])), form)
