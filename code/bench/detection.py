"""COCO's average precision in NumPy against pycocotools, on 5,000 images, in one process.

As a program (`python -m bench.detection COUNT ROUNDS`) it prints what each took, turn about:
`{"ours": [[wall seconds, processor seconds], ...], "pycocotools": ..., "difference": ...}`.

Both begin with a dict and a list in COCO's formats and end with the twelve numbers: for
pycocotools that means `createIndex`, `loadRes`, `evaluate`, `accumulate` and `summarize`, for ours
the checks of every record too. What pycocotools prints is caught, not shown.
"""

import contextlib
import copy
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import environment, python
from bench.report import Row, ratio, seconds
from bench.training import now

COUNT = 5_000  # images, as COCO's validation set has
CATEGORIES = 80
WIDTH, HEIGHT = 640, 480


def random_boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    """Return `xywh` boxes inside the image, half of their sides shorter than 55 pixels."""
    size = np.exp(generator.normal(4, 1, (count, 2))).clip(2, 400)
    low = generator.uniform(size=(count, 2)) * ((WIDTH, HEIGHT) - size)
    return np.concatenate([low, size], axis=1).round(2)


def near(generator: np.random.Generator, boxes: np.ndarray) -> np.ndarray:
    """Return the boxes moved and resized by about a tenth of their size."""
    moved = boxes + generator.normal(0, 0.1, boxes.shape) * np.tile(boxes[:, 2:], 2)
    return np.maximum(moved, (-9, -9, 1, 1)).round(2)


def random_image(generator: np.random.Generator, common: np.ndarray) -> tuple[list, list]:
    """Return annotations, 7 on average, and 30 to 100 detections, half of them near one."""
    count, found = generator.poisson(7), generator.integers(30, 101)
    true, classes = random_boxes(generator, count), generator.choice(CATEGORIES, count, p=common)
    boxes, guesses = random_boxes(generator, found), generator.choice(CATEGORIES, found, p=common)
    if count:
        copied = generator.integers(count, size=found // 2)
        boxes[: found // 2] = near(generator, true[copied])
        guesses[: found // 2] = classes[copied]
    scores = (
        generator.uniform(size=found) * np.where(np.arange(found) < found // 2, 1, 0.6)
    ).round(3)
    annotations = [
        {"category_id": kind, "bbox": box, "area": 0.6 * box[2] * box[3], "iscrowd": crowd}
        for box, kind, crowd in zip(
            true.tolist(),
            classes.tolist(),
            generator.binomial(1, 0.01, count).tolist(),
            strict=True,
        )
    ]
    detections = [
        {"category_id": kind, "bbox": box, "score": score}
        for box, kind, score in zip(boxes.tolist(), guesses.tolist(), scores.tolist(), strict=True)
    ]
    return annotations, detections


def random_results(count: int, seed: int = 0) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a ground truth and detections for `count` images; a few categories are common."""
    generator = np.random.default_rng(seed)
    common = 1 / np.arange(1, CATEGORIES + 1)
    annotations, detections = [], []
    for number in range(count):
        true, found = random_image(generator, common / common.sum())
        annotations += [record | {"image_id": number} for record in true]
        detections += [record | {"image_id": number} for record in found]
    ground_truth = {
        "images": [{"id": number, "width": WIDTH, "height": HEIGHT} for number in range(count)],
        "categories": [{"id": number} for number in range(CATEGORIES)],
        "annotations": [record | {"id": n} for n, record in enumerate(annotations, 1)],
    }
    return ground_truth, detections


def evaluate_by_pycocotools(ground_truth: dict, detections: list) -> list[float]:
    """Return the twelve numbers of pycocotools, which writes into what it is given."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        true = COCO()
        true.dataset = ground_truth
        true.createIndex()
        evaluation = COCOeval(true, true.loadRes(detections), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return list(evaluation.stats)


def compare(count: int, rounds: int) -> dict[str, Any]:
    """Evaluate the same results with both, as often as asked, and time each."""
    import pycocotools.cocoeval  # noqa: F401  # importing it is no part of what is timed

    from kerasbook.applications.detection.average_precision import evaluate_detections

    data = random_results(count)
    taken: dict[str, Any] = {"ours": [], "pycocotools": [], "difference": 0.0}
    for _ in range(rounds):
        results = []
        for name, evaluate in (
            ("ours", lambda *given: list(evaluate_detections(*given).values())),
            ("pycocotools", evaluate_by_pycocotools),
        ):
            given = copy.deepcopy(data)
            start = now()
            results.append(evaluate(*given))
            taken[name].append([end - begin for end, begin in zip(now(), start, strict=True)])
        difference = float(np.abs(np.subtract(*results)).max())
        taken["difference"] = max(taken["difference"], difference)
    return taken


def measure(project: Path, rounds: int) -> list[Row]:
    """Compare both in a process of its own."""
    arguments = ["-m", "bench.detection", str(COUNT), str(rounds)]
    env = environment(project)
    run = python(f"AP of {COUNT} images, twice", *arguments, cwd=project, env=env)
    return _rows(json.loads(run.output.splitlines()[-1]))


def _rows(taken: dict[str, Any]) -> list[Row]:
    times = {name: np.median(taken[name], axis=0) for name in ("ours", "pycocotools")}
    (wall, cpu), (base_wall, base_cpu) = times["ours"], times["pycocotools"]
    apart = taken["difference"]
    problem = "" if apart <= 1e-9 else f"differs from pycocotools by {apart:.1e}"
    against = f"pycocotools, {seconds(base_wall)}"
    return [
        Row(
            f"COCO's AP of {COUNT:,} images",
            seconds(wall),
            ratio(wall, base_wall),
            against,
            problem,
        ),
        Row("  processor time", seconds(cpu), ratio(cpu, base_cpu), "pycocotools"),
        Row("  largest difference of the twelve numbers", f"{apart:.0e}"),
    ]


if __name__ == "__main__":
    print(json.dumps(compare(int(sys.argv[1]), int(sys.argv[2]))))
