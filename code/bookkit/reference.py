"""Reference runs: train on the full data, several seeds, and keep what came out with its origin."""

import datetime
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bookkit import cache, data
from bookkit.errors import BookError
from bookkit.paths import CODE, RESULTS, ROOT

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Recipe:
    """One way to train; `run(seed, **parameters)` returns its metrics."""

    name: str
    parameters: dict
    run: Callable[..., dict[str, float]]


def _train_classifier(seed: int, *, network: str, optimizer: str, **parameters) -> dict:
    """Train one network of the image-classification page and test it once."""
    import keras

    from kerasbook import scores
    from kerasbook.applications import image_classification as page

    keras.utils.set_random_seed(seed)
    (images, labels), (x_test, y_test) = page.load_cifar10()
    training, validation = page.split_validation(
        images, labels, fraction=parameters["validation_fraction"], seed=seed
    )
    model = getattr(page, network)()
    steps = parameters["epochs"] * -(-len(training[1]) // parameters["batch_size"])
    chosen = {
        "Adam": lambda: keras.optimizers.Adam(),
        "Adam, cosine decay from 0.003": lambda: keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(3e-3, steps)
        ),
    }[optimizer]()
    history = page.train(
        model,
        training,
        validation,
        epochs=parameters["epochs"],
        batch_size=parameters["batch_size"],
        optimizer=chosen,
    )
    probabilities = model.predict(x_test, verbose=0)
    correct = probabilities.argmax(axis=1) == y_test
    curve = scores.reliability_curve(probabilities.max(axis=1), correct)
    return {
        "test_accuracy": float(correct.mean()),
        "validation_accuracy": max(history["val_accuracy"]),
        "training_accuracy": history["accuracy"][-1],
        "calibration_error": scores.expected_calibration_error(*curve),
        "parameters": model.count_params(),
    }


_COMMON = {"epochs": 10, "batch_size": 32, "validation_fraction": 0.1}
TASKS: dict[str, tuple[str, list[Recipe]]] = {
    "image-classification": (
        "cifar10",
        [
            Recipe(
                "article-network",
                {"network": "build_article_network", "optimizer": "Adam", **_COMMON},
                _train_classifier,
            ),
            Recipe(
                "improved-network",
                {
                    "network": "build_improved_network",
                    "optimizer": "Adam, cosine decay from 0.003",
                    **_COMMON,
                },
                _train_classifier,
            ),
        ],
    ),
}


def run_task(task: str, seeds: list[int], folder: Path = RESULTS) -> Path:
    """Run every recipe of a task with every seed; each finished run is saved at once.

    Returns:
        the file of results.

    Raises:
        BookError: an unknown task, or the full data are not at hand.
    """
    if task not in TASKS:
        raise BookError(f"TASK is one of: {', '.join(TASKS)}. Received: TASK={task!r}")
    dataset, recipes = TASKS[task]
    view = data.resolve("full")
    if dataset not in view.datasets or view.datasets[dataset].variant != "full":
        raise BookError(f"a reference run needs the full {dataset}: run `make data` first")
    path = folder / f"{task}.json"
    for recipe in recipes:
        for seed in seeds:
            print(f"reference: {task}, {recipe.name}, seed {seed} ...", flush=True)
            run = _in_subprocess(task, recipe.name, seed, view.folder)
            _save(path, task, recipe, run, view.datasets[dataset])
            name, value = next(iter(run["metrics"].items()))
            print(f"reference: {name} {value:.4f} after {run['wall_s']:.0f} s", flush=True)
    return path


def _in_subprocess(task: str, recipe: str, seed: int, folder: Path) -> dict:
    """Run in a process of its own, so that no run inherits the state of the one before."""
    command = [sys.executable, "-m", "bookkit", "reference-run", task, recipe, str(seed)]
    environment = os.environ | {
        "KERASBOOK_DATA": str(folder),
        "KERAS_BACKEND": "tensorflow",
        "PYTHONPATH": str(CODE),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    finished = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if finished.returncode:
        raise BookError(f"{recipe}, seed {seed}: the run failed with code {finished.returncode}")
    return json.loads(finished.stdout.splitlines()[-1])


def run_one(task: str, recipe_name: str, seed: int) -> dict:
    """Run one recipe with one seed in this process."""
    (recipe,) = (recipe for recipe in TASKS[task][1] if recipe.name == recipe_name)
    started = time.monotonic()
    metrics = recipe.run(seed, **recipe.parameters)
    return {"seed": seed, "metrics": metrics, "wall_s": round(time.monotonic() - started, 1)}


def _save(path: Path, task: str, recipe: Recipe, run: dict, dataset: data.Dataset) -> None:
    origin = {
        "task": task,
        "data": {"name": dataset.name, "variant": dataset.variant, "sha256": dataset.sha256},
        "environment": {
            "python": platform.python_version(),
            **cache.package_versions(),
            "cpu": cache.processor(),
            "cores": os.cpu_count(),
        },
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
    }
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    # Runs on other data do not belong into the same mean.
    recipes = stored.get("recipes", []) if stored.get("data") == origin["data"] else []
    runs = [
        old
        for entry in recipes
        if entry["name"] == recipe.name and entry["parameters"] == recipe.parameters
        for old in entry["runs"]
        if old["seed"] != run["seed"]
    ]
    entry = {
        "name": recipe.name,
        "parameters": recipe.parameters,
        "runs": sorted([*runs, run], key=lambda one: one["seed"]),
    }
    others = [one for one in recipes if one["name"] != recipe.name]
    document = {**origin, "recipes": sorted([*others, entry], key=lambda one: one["name"])}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


def commit() -> str:
    """Return the commit of the project, marked when the code differs from it, or `unknown`."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=12"]
    try:
        described = subprocess.run(command, capture_output=True, text=True, check=True)
        changed = subprocess.run(
            ["git", "-C", str(ROOT), "status", "--porcelain", "--", "code/kerasbook"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip() + ("-modified" if changed.stdout.strip() else "")
