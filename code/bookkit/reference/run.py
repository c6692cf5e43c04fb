"""Reference runs: train on the full data, several seeds, and keep what came out with its origin.

`ENGINES` says where runs happen: each takes recipes with seeds and yields every finished run.
"""

import ast
import datetime
import hashlib
import inspect
import io
import json
import os
import platform
import subprocess
import sys
import time
import tokenize
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from bookkit import data
from bookkit.data.folders import dataset_sha256
from bookkit.data.registry import DATASETS
from bookkit.errors import BookError
from bookkit.paths import CODE, RESULTS
from bookkit.reference import cluster
from bookkit.reference.examples import EXAMPLES, encode
from bookkit.running import cache, packages
from bookkit.running.commit import commit
from recipes import ON_SAMPLE, PACKAGES, TASKS, WITHOUT_TEST_SET, Recipe

SEEDS = (0, 1, 2)
TRAINED_BY = ("kerasbook", "recipes")  # packages whose code a result depends on
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
MACHINE = ("cpu", "cores")  # what the environment says of where it was

NEVER = {"runs": 0, "versions": 0}  # the count of a recipe that has not scored its test set
HISTORY = ("counted_since", "former")  # of a results file: outlives its runs

# A recipe, the hash of its code, the environment of its run, and the run.
Done = tuple[Recipe, str, dict[str, Any], dict]


def run_task(task: str, seeds: list[int], folder: Path, engine: str = "local") -> Path:
    """Run every recipe of a task with every seed; each finished run is saved at once.

    Args:
        task: one of `TASKS`.
        seeds: of each recipe.
        folder: where the results go.
        engine: where runs happen, one of `ENGINES`.

    Returns:
        the file of results.

    Raises:
        BookError: an unknown task or engine, or the full data are not at hand.
    """
    if engine not in ENGINES:
        raise BookError(f"ENGINE is one of: {', '.join(ENGINES)}. Received: ENGINE={engine!r}")
    if task not in TASKS:
        raise BookError(f"TASK is one of: {', '.join(TASKS)}. Received: TASK={task!r}")
    packages.package_versions(PACKAGES.get(task, packages.EVERY))  # before hours of training
    dataset, recipes = TASKS[task]
    wanted = "sample" if task in ON_SAMPLE else "full"
    view = data.resolve(wanted)
    if dataset not in view.datasets or view.datasets[dataset].variant != wanted:
        raise BookError(f"a reference run needs the {wanted} {dataset}: run `make data` first")
    path = folder / f"{task}.json"
    runs = [(recipe, seed) for recipe in recipes for seed in seeds]
    for recipe, code, environment, run in ENGINES[engine](task, runs, view):
        _save(path, recipe, code, run, _origin(task, view.datasets[dataset], environment))
        name, value = next(iter(run["metrics"].items()))
        done = f"{recipe.name}, seed {run['seed']}: {name} {value:.4f} after {run['wall_s']:.0f} s"
        print(f"reference: {done}", flush=True)
    return path


def code_of(recipe: Recipe) -> str:
    """Hash the module of a recipe, and all that it leads to in `kerasbook` and among recipes.

    Docstrings and comments change no result and do not count.
    """
    sources: dict[Path, str] = {}
    waiting = [Path(inspect.getfile(recipe.run))]
    while waiting:
        path = waiting.pop()
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        sources[path] = _without_comments(source, tree)
        names = [
            f"{node.module}{name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(TRAINED_BY)
            for name in ("", *(f".{alias.name}" for alias in node.names))
        ]
        files = {CODE / f"{name.replace('.', '/')}.py" for name in names}
        waiting += [file for file in files - sources.keys() if file.is_file()]
    text = "\n".join(sources[path] for path in sorted(sources))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _without_comments(source: str, tree: ast.Module) -> str:
    """Return the lines of a module without docstrings, comments and blank lines."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            for row in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1):
                lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _here(task: str, runs: list[tuple[Recipe, int]], view: data.DataView) -> Iterator[Done]:
    for recipe, seed in runs:
        print(f"reference: {task}, {recipe.name}, seed {seed} ...", flush=True)
        code = code_of(recipe)  # before it runs: someone may edit meanwhile
        run = _in_subprocess(task, recipe.name, seed, view.folder)
        yield recipe, code, environment_of(task), run


def _on_ray(task: str, runs: list[tuple[Recipe, int]], view: data.DataView) -> Iterator[Done]:
    print(f"reference: {task}, {len(runs)} runs on a Ray cluster ...", flush=True)
    dataset = view.datasets[TASKS[task][0]]
    calls = {
        f"{recipe.name}, seed {seed}": (task, recipe.name, seed, dataset) for recipe, seed in runs
    }
    for name, result in cluster.finished(run_on_node, calls, _variables(view.folder)):
        yield _recipe(task, calls[name][1]), *result


ENGINES = {"local": _here, "ray": _on_ray}


def run_on_node(task: str, name: str, seed: int, dataset: data.Dataset) -> tuple[str, dict, dict]:
    """Run one recipe where `KERASBOOK_DATA` must hold the same data as where this was asked for.

    Returns:
        the hash of its code, the environment, and the run, as of `Done`.

    Raises:
        BookError: it does not.
    """
    folder = Path(os.environ["KERASBOOK_DATA"])
    if dataset_sha256(folder, DATASETS[dataset.name].entry) != dataset.sha256:
        other = f"on node {platform.node()}, {folder} does not hold the same {dataset.name}"
        raise BookError(f"{other}: {cluster.SHARED}")
    code = code_of(_recipe(task, name))  # before it runs: someone may edit meanwhile
    return code, environment_of(task), run_one(task, name, seed, RESULTS)


def _variables(folder: Path) -> dict[str, str]:
    return {
        "KERASBOOK_DATA": str(folder),
        "KERAS_BACKEND": "tensorflow",
        "PYTHONPATH": str(CODE),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _in_subprocess(task: str, recipe: str, seed: int, folder: Path) -> dict:
    """Run in a process of its own, so that no run inherits the state of the one before."""
    command = [sys.executable, "-m", "bookkit", "reference-run", task, recipe, str(seed)]
    environment = os.environ | _variables(folder)
    finished = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if finished.returncode:
        raise BookError(f"{recipe}, seed {seed}: the run failed with code {finished.returncode}")
    return json.loads(finished.stdout.splitlines()[-1])


def run_one(task: str, recipe_name: str, seed: int, folder: Path) -> dict:
    """Run one recipe with one seed in this process; files it keeps go to `folder / task`."""
    recipe = _recipe(task, recipe_name)
    place = {"folder": folder / task} if recipe.keeps_files else {}
    wall, processor = time.monotonic(), time.process_time()
    metrics = recipe.run(seed, **recipe.parameters, **place)
    scores = {name: encode(column) for name, column in metrics.pop(EXAMPLES, {}).items()}
    return {
        "seed": seed,
        "metrics": metrics,
        **({EXAMPLES: scores} if scores else {}),
        "wall_s": round(time.monotonic() - wall, 1),
        "cpu_s": round(time.process_time() - processor, 1),  # of all threads; load matters less
    }


def _recipe(task: str, name: str) -> Recipe:
    (recipe,) = (recipe for recipe in TASKS[task][1] if recipe.name == name)
    return recipe


def environment_of(task: str) -> dict[str, Any]:
    """Describe what a run of a task depends on, where this is called."""
    return {
        "python": platform.python_version(),
        **packages.package_versions(),
        **packages.package_versions(PACKAGES.get(task, packages.EVERY)),
        "cpu": cache.processor(),
        "cores": os.cpu_count(),
    }


def _origin(task: str, dataset: data.Dataset, environment: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": task,
        "data": {"name": dataset.name, "variant": dataset.variant, "sha256": dataset.sha256},
        "environment": environment,
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
    }


def _save(path: Path, recipe: Recipe, code: str, run: dict, origin: dict[str, Any]) -> None:
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    # Runs on other data, or of other code, do not belong into the same mean.
    if stored.get("data") != origin["data"]:
        stored = {"recipes": [], "environment": origin["environment"]}
    _note_machine(stored["recipes"], stored["environment"], origin["environment"])
    entries = {entry["name"]: entry for entry in stored["recipes"]}
    old = entries.get(recipe.name, {"runs": []})
    entry = {"name": recipe.name, "parameters": recipe.parameters, "code": code}
    same = entry.items() <= old.items()
    others = [other for other in old["runs"] if other["seed"] != run["seed"]]
    if others and not same:
        seeds = ", ".join(str(other["seed"]) for other in others)
        cure = "ran other code or parameters and are dropped; run them again"
        print(f"reference: {recipe.name}: seeds {seeds} {cure}", flush=True)
    entry["runs"] = sorted([run, *(others if same else [])], key=itemgetter("seed"))
    if origin["task"] not in WITHOUT_TEST_SET:
        entry["scored"] = _count(recipe.name, old.get("scored", NEVER), same)
        scores = [next(iter(old_run["metrics"].values())) for old_run in old["runs"]]
        if earlier := [*old.get("earlier", []), *([] if same else scores)]:
            entry["earlier"] = earlier
    document = origin | {key: stored[key] for key in HISTORY if key in stored}
    document["recipes"] = sorted((entries | {recipe.name: entry}).values(), key=itemgetter("name"))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


def _count(name: str, scored: dict[str, int], same: bool) -> dict[str, int]:
    """Count one more run that scored the test set, and say so if another version did before."""
    runs, versions = scored["runs"] + 1, scored["versions"] + (not same)
    if versions > 1 and not same:
        before = f"{scored['runs']} runs of {versions - 1} other versions of this recipe"
        print(f"reference: {name}: its test set was scored in {before} before; counted", flush=True)
    return {"runs": runs, "versions": versions}


def _note_machine(recipes: list[dict], old: dict, new: dict) -> None:
    """Write to runs where they were, if the environment will name another machine: its last."""
    machine = {key: old[key] for key in MACHINE}
    if machine != {key: new[key] for key in MACHINE}:
        for run in (run for entry in recipes for run in entry["runs"]):
            run.update(machine | run)
