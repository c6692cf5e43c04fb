"""COCO's average precision in NumPy against pycocotools, on 5,000 images, in one process.

Both begin with a dict and a list in COCO's formats and end with the twelve numbers: for
pycocotools that means `createIndex`, `loadRes`, `evaluate`, `accumulate` and `summarize`, for ours
the checks of every record too.
"""

import contextlib
import copy
import io
import time
from typing import Any

import numpy as np

from bench.measure import Row, ratio, seconds

COUNT = 5_000  # images, as COCO's validation set has
ROUNDS = 3
CATEGORIES = 80
WIDTH, HEIGHT = 640, 480


def measure() -> list[Row]:
    """Compare both on random results, turn about."""
    ours, pycocotools, apart = compare(COUNT, ROUNDS)
    problem = "" if apart <= 1e-9 else f"differs from pycocotools by {apart:.1e}"
    against = f"pycocotools, {seconds(pycocotools)}"
    title = f"COCO's AP of {COUNT:,} images, processor time"
    return [
        Row(title, seconds(ours), ratio(ours, pycocotools), against, problem),
        Row("  largest difference of the twelve numbers", f"{apart:.0e}"),
    ]


def compare(count: int, rounds: int) -> tuple[float, float, float]:
    """Evaluate the same results with both.

    Returns:
        median processor seconds of ours and of pycocotools, and how much the numbers differ.
    """
    from kerasbook.applications.detection.average_precision import evaluate_detections

    data, times, apart = random_results(count), [], 0.0
    for _ in range(rounds):
        results, same_results = copy.deepcopy(data), copy.deepcopy(data)
        started = time.process_time()
        ours = list(evaluate_detections(*results).values())
        between = time.process_time()
        theirs = evaluate_by_pycocotools(*same_results)
        times.append((between - started, time.process_time() - between))
        apart = max(apart, float(np.abs(np.subtract(ours, theirs)).max()))
    median, base = np.median(times, axis=0)
    return float(median), float(base), apart


def evaluate_by_pycocotools(ground_truth: dict, detections: list) -> list[float]:
    """Return the twelve numbers of pycocotools, which writes into what it is given, and prints."""
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


def random_results(count: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a ground truth and detections for `count` images; a few categories are common.

    An image has 7 objects and 65 detections on average, half of them near an object: moved and
    resized by about a tenth of its size.
    """
    generator = np.random.default_rng(0)
    objects, detected = (random_columns(generator, count, mean * count) for mean in (7, 65))
    near, total = len(detected["bbox"]) // 2, len(objects["bbox"])
    copied = generator.integers(total, size=near)
    for name, column in objects.items():
        detected[name][:near] = column[copied]
    moves = generator.normal(0, 0.1, (near, 4)) * np.tile(objects["bbox"][copied, 2:], 2)
    detected["bbox"][:near] = np.maximum(detected["bbox"][:near] + moves, (-9, -9, 1, 1)).round(2)
    sure = np.where(np.arange(len(detected["bbox"])) < near, 1, 0.6)
    detected["score"] = (generator.uniform(size=len(sure)) * sure).round(3)
    objects["id"] = np.arange(1, total + 1)
    objects["area"] = 0.6 * objects["bbox"][:, 2:].prod(axis=1)
    objects["iscrowd"] = generator.binomial(1, 0.01, total)
    ground_truth = {
        "images": [{"id": number, "width": WIDTH, "height": HEIGHT} for number in range(count)],
        "categories": [{"id": number} for number in range(CATEGORIES)],
        "annotations": records(objects),
    }
    return ground_truth, records(detected)


def random_columns(
    generator: np.random.Generator, images: int, count: int
) -> dict[str, np.ndarray]:
    """Return `count` boxes inside any of the images, half of their sides under 55 pixels."""
    common = 1 / np.arange(1, CATEGORIES + 1)
    size = np.exp(generator.normal(4, 1, (count, 2))).clip(2, 400)
    low = generator.uniform(size=(count, 2)) * ((WIDTH, HEIGHT) - size)
    return {
        "image_id": generator.integers(images, size=count),
        "category_id": generator.choice(CATEGORIES, count, p=common / common.sum()),
        "bbox": np.concatenate([low, size], axis=1).round(2),
    }


def records(columns: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Turn columns into a dict for each row."""
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]
