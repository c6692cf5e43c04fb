"""Read `book/results/TASK.json`, so that prose quotes reference runs and nobody types them."""

import json
import re
import statistics
from collections.abc import Callable, Sequence
from operator import sub, truediv
from pathlib import Path

import yaml

from bookkit.errors import BookError
from bookkit.reference import examples

TEST_SETS = "test-sets.yml"  # beside the results: what chose the settings of each task, in words
TIMES = ("wall_s", "cpu_s")  # of a run: elapsed, and processor time of all its threads
STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean,
    "std": lambda values: statistics.stdev(values) if len(values) > 1 else 0.0,
    "min": min,
    "max": max,
    "count": len,
}
COMPARED: dict[str, Callable[[float, float], float]] = {"minus": sub, "over": truediv}
EXPONENT = re.compile(r"\de[+-]")
# What a format may end in: the number is in thousands, millions, trillions or percentage points.
SCALES = {"k": 1e3, "M": 1e6, "T": 1e12, "p": 0.01}


def written(value: float, form: str) -> str:
    """Format a number; `.1fT` is in trillions, `+.1fp` in percentage points of a share.

    `yes/no` gives the first word where the number is 1, and the second where it is 0.

    Raises:
        BookError: the number would have an exponent, and nothing asks for it.
    """
    if "/" in form:
        return form.split("/")[0 if value else 1]
    scale = SCALES.get(form[-1:])
    text = format(value / scale, form[:-1]) if scale else format(value, form)
    if EXPONENT.search(text) and not {"e", "g"} & set(form):
        raise BookError(
            f"{form!r} writes {text}: say how many digits follow the point, as .1f does"
        )
    return f"−{text[1:]}" if text.startswith("-") else text


def load(task: str, folder: Path) -> dict:
    """Load the results of a task.

    Raises:
        BookError: there are none; the message says how to make them.
    """
    path = folder / f"{task}.json"
    if not path.is_file():
        tasks = sorted(file.stem for file in folder.glob("*.json"))
        raise BookError(f"no results of {task!r} (known: {tasks}): make reference TASK={task}")
    return json.loads(path.read_text(encoding="utf-8"))


def entries(document: dict, recipes: Sequence[str] = ()) -> list[dict]:
    """Return the entries of recipes in the order of their names; of all, if none is named.

    Raises:
        BookError: no such recipe; the message lists those that exist.
    """
    by_name = {entry["name"]: entry for entry in document["recipes"]}
    for name in recipes:
        if name not in by_name:
            raise BookError(f"no recipe {name!r}; there are: {', '.join(by_name)}")
    return [by_name[name] for name in recipes or by_name]


def _runs(document: dict, recipe: str) -> list[dict]:
    (entry,) = entries(document, [recipe])
    return entry["runs"]


def values(document: dict, recipe: str, metric: str) -> list[float]:
    """Return one metric of every run of a recipe, by seed.

    Raises:
        BookError: no such recipe or metric; the message lists those that exist.
    """
    runs = [
        run["metrics"] | {time: run[time] for time in TIMES if time in run}
        for run in _runs(document, recipe)
    ]
    if metric not in runs[0]:
        raise BookError(f"no metric {metric!r}; there are: {', '.join(runs[0])}")
    return [run[metric] for run in runs]


def metrics(document: dict, recipe: str) -> list[str]:
    """Return the names of the metrics of a recipe.

    Raises:
        BookError: no such recipe; the message lists those that exist.
    """
    return list(_runs(document, recipe)[0]["metrics"])


def compared(document: dict, recipe: str, metric: str, statistic: str, base: str) -> float:
    """Return a statistic of a recipe minus, or over, that of another.

    The least and the largest are those of the runs with one seed, compared with each other.

    Args:
        document: what `load` returned.
        recipe: the recipe.
        metric: a metric of both.
        statistic: a key of `STATISTICS`, or `error`: the standard error of a difference over the
            test examples, in pairs.
        base: `minus=RECIPE` or `over=RECIPE`, with `.METRIC` behind it if it is another one of
            that recipe; if empty, nothing is compared.

    Raises:
        BookError: no such recipe, metric or comparison, other seeds, or no scores of examples.
    """
    first = values(document, recipe, metric)
    if not base:
        if statistic == "error":
            raise BookError("the error is that of a difference: write /minus=RECIPE behind it")
        return STATISTICS[statistic](first)
    kind, _, address = base.partition("=")
    if kind not in COMPARED:
        raise BookError(f"expected minus=RECIPE or over=RECIPE. Received: {base!r}")
    other, _, other_metric = address.partition(".")
    second = values(document, other, other_metric or metric)
    runs, other_runs = _runs(document, recipe), _runs(document, other)
    if statistic == "error":
        if kind != "minus":
            raise BookError(f"the error is that of a difference, minus=RECIPE. Received: {base!r}")
        return examples.standard_error((runs, metric), (other_runs, other_metric or metric))
    if statistic not in ("min", "max"):
        return COMPARED[kind](STATISTICS[statistic](first), STATISTICS[statistic](second))
    seeds, other_seeds = ([run["seed"] for run in side] for side in (runs, other_runs))
    if seeds != other_seeds:
        raise BookError(f"{recipe} ran with seeds {seeds}, {other} with {other_seeds}")
    return STATISTICS[statistic](list(map(COMPARED[kind], first, second)))


def formatted(
    document: dict, recipe: str, metric: str, statistic: str, base: str, form: str
) -> str:
    """Write what `compared` returns.

    `span` is the mean, and in parentheses the least and the largest if they are written otherwise.

    Raises:
        BookError: as of `compared` and `written`.
    """
    if statistic != "span":
        return written(compared(document, recipe, metric, statistic, base), form)
    mean, low, high = (
        written(compared(document, recipe, metric, name, base), form)
        for name in ("mean", "min", "max")
    )
    return mean if low == high else f"{mean} ({low}–{high})"


def is_time(metric: str) -> bool:
    """Tell whether a metric is in seconds, from its name."""
    return metric.endswith("_s") and "_per_" not in metric


def scored(document: dict, recipes: Sequence[str] = ()) -> tuple[int, int]:
    """Count how often the test set of a task was scored.

    Args:
        document: what `load` returned.
        recipes: some of its recipes; if none, all, and those that it had formerly.

    Returns:
        the runs that the document holds, and earlier runs.

    Raises:
        BookError: no such recipe.
    """
    chosen = entries(document, recipes)
    shown = sum(len(entry["runs"]) for entry in chosen)
    runs = sum(entry["scored"]["runs"] for entry in chosen)
    if not recipes and "former" in document:
        runs += document["former"]["runs"]
    return shown, runs - shown


def test_set(task: str, language: str, folder: Path) -> dict[str, str]:
    """Return what `test-sets.yml` says of a task in a language, by key, in the order of the file.

    Raises:
        BookError: it says nothing of the task.
    """
    tasks = yaml.safe_load((folder / TEST_SETS).read_text(encoding="utf-8"))
    if task not in tasks:
        raise BookError(f"{TEST_SETS} says nothing of {task!r}; it knows: {', '.join(tasks)}")
    return {key: texts[language] for key, texts in tasks[task].items()}


def quote(text: str, folder: Path) -> str:
    """Format `TASK/RECIPE/METRIC/STATISTIC:FORMAT`, or `TASK/KEY` for the origin of the runs.

    A fifth part, `/minus=RECIPE` or `/over=RECIPE`, compares with the same of another recipe. The
    statistic is one of `STATISTICS`, `span` (see `formatted`) or `error` (see `compared`).

    Raises:
        BookError: the text names nothing.
    """
    address, _, form = text.partition(":")
    task, *parts = address.split("/")
    document = load(task, folder)
    if len(parts) == 1:
        (key,) = parts
        origin = {"date": document["date"], "commit": document["commit"]} | document["environment"]
        origin["data"] = document["data"]["sha256"][:12]
        if key not in origin:
            raise BookError(f"no {key!r} in the results of {task}; there are: {sorted(origin)}")
        return format(origin[key], form)
    quotable = [*STATISTICS, "span", "error"]
    if len(parts) not in (3, 4) or parts[2] not in quotable:
        expected = f"TASK/RECIPE/METRIC/STATISTIC:FORMAT with {', '.join(quotable)}"
        raise BookError(f"expected {expected}. Received: {text!r}")
    recipe, metric, statistic, *base = parts
    return formatted(document, recipe, metric, statistic, "".join(base), form)
