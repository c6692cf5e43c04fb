"""Reference runs of the page on a ready detector: COCO's validation images, and wrong conventions.

Nothing is trained, and chance only draws images a thousand times: one seed is enough.
"""

import os
from pathlib import Path
from typing import Any

from recipes.recipe import Recipe

SCORES = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR100")


def ready_model():
    """Build the detector, and put the weights in that others trained."""
    from kerasbook.beyond.detector import nanodet, weights
    from kerasbook.weight_files import assign_weights

    model = nanodet.build_nanodet()
    assign_weights(model, weights.load_nanodet_arrays())
    return model


def coco_part(part: str) -> tuple[Path, dict]:
    """Return the folder of images of one part of COCO, and its ground truth."""
    from kerasbook.applications.detection import coco

    folder = Path(os.environ["KERASBOOK_DATA"], "coco")
    path = folder / "annotations" / f"instances_{part}.json"
    return folder / part, coco.read_coco(path, image_folder=folder / part)


def detect(
    part: str, model, *, channels: str, pixels: str, shape: str, centers: float, padding: str
):
    """Detect in all images of one part of COCO; return its ground truth and the detections."""
    import numpy as np

    from kerasbook.applications.detection import photos
    from kerasbook.beyond.detector import decoding, nanodet

    folder, truth = coco_part(part)
    if padding == "after":
        model = _pad_after(model)
    detections = []
    for record in truth["images"]:
        photo = photos.open_photo(folder / record["file_name"])
        whole, corner = (photo, (0, 0)) if shape == "stretched" else _square(photo)
        inputs = decoding.prepare_photo(whole if channels == "BGR" else whole[..., ::-1])
        if pixels != "standardized":
            inputs = inputs * decoding.PIXEL_SPREAD + decoding.PIXEL_MEAN
            inputs = inputs / 255 if pixels == "0 to 1" else inputs
        answer = model.predict(inputs, verbose=0)[0]
        boxes = decoding.decode_distances(answer, centers) / nanodet.INPUT_SIZE
        boxes = boxes * np.tile(whole.shape[1::-1], 2) - np.tile(corner, 2)
        boxes = np.clip(boxes, 0, np.tile(photo.shape[1::-1], 2))
        scores = 1 / (1 + np.exp(-answer[:, : nanodet.NUM_CLASSES]))
        detections += _records(record, truth, decoding.filter_and_suppress(boxes, scores))
    return truth, detections


def _pad_after(model):
    """Return the model with the zeros of halving convolutions all after, as `"same"` has it."""
    import keras

    halving = {
        layer.name.replace("conv", "zeros")
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.strides == (2, 2)
    }

    def clone(layer):
        settings = layer.get_config()
        if layer.name in halving:
            settings["padding"] = ((0, 2), (0, 2))  # the last row and column are never used
        return layer.__class__.from_config(settings)

    copy = keras.models.clone_model(model, clone_function=clone)
    copy.set_weights(model.get_weights())
    return copy


def _square(photo):
    """Fit a photograph between black bars; return the square and where the photograph begins."""
    import numpy as np

    side = max(photo.shape[:2])
    top, left = ((side - length) // 2 for length in photo.shape[:2])
    square = np.zeros((side, side, 3), "uint8")
    square[top : top + photo.shape[0], left : left + photo.shape[1]] = photo
    return square, (left, top)


def _records(record: dict, truth: dict, found) -> list[dict]:
    """Write the detections of one image in COCO's results format."""
    from kerasbook.boxes import convert_boxes

    boxes, scores, classes = found
    return [
        {
            "image_id": record["id"],
            "category_id": truth["categories"][category]["id"],
            "bbox": box.tolist(),
            "score": float(score),
        }
        for box, score, category in zip(
            convert_boxes(boxes, "xyxy", "xywh"), scores, classes, strict=True
        )
    ]


def _columns(truth: dict, detections: list[dict]) -> dict:
    """Match once; what is a hit does not depend on which other images are drawn."""
    import numpy as np

    from kerasbook.applications.detection import average_precision as scoring

    true = scoring.annotation_columns(truth)
    found = scoring.detection_columns(detections, truth)
    hit, skipped = scoring.match_groups(found, true)
    order = np.argsort(-found["score"], kind="stable")
    number = len(truth["images"])
    return {
        "categories": len(truth["categories"]),
        "hit": hit[order, 0],  # objects of all sizes
        "counts": ~skipped[order, 0],
        "category": found["category"][order],
        "image": found["group"][order] % number,
        "true_category": true["category"][~true["ignored"][:, 0]],
        "true_image": true["group"][~true["ignored"][:, 0]] % number,
    }


def _drawn_precision(columns: dict, times) -> float:
    """Compute AP where image number `i` was drawn `times[i]` times."""
    import numpy as np

    from kerasbook.applications.detection.average_precision import interpolated_precision

    precisions = []
    for category in range(columns["categories"]):
        total = times[columns["true_image"][columns["true_category"] == category]].sum()
        if not total:
            continue
        rows = np.flatnonzero(columns["category"] == category)
        rows = np.repeat(rows, times[columns["image"][rows]])
        for hit, counts in zip(columns["hit"][rows].T, columns["counts"][rows].T, strict=True):
            precisions.append(interpolated_precision(hit[counts], total).mean())
    return float(np.mean(precisions))


def _draws(images: int, size: int, number: int, replace: bool, seed: int):
    """Draw images at random, `number` times; yield how often each was drawn."""
    import numpy as np

    generator = np.random.default_rng(seed)
    for _ in range(number):
        chosen = generator.choice(images, size, replace)
        yield np.bincount(chosen, minlength=images)


def _turned(draws, value: float) -> tuple[float, float]:
    """Turn 95% of the draws around the value, since drawing an image twice raises AP.

    This is the basic bootstrap.
    """
    import numpy as np

    high, low = 2 * value - np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def differ(truth: dict, detections: list[dict], draws: int, seed: int) -> tuple[float, ...]:
    """Return by how much AP is lower than that of the ready detector, and a 95% interval."""
    import numpy as np

    ready = _columns(truth, detect("val2017", ready_model(), **CONVENTIONS)[1])
    other, images = _columns(truth, detections), len(truth["images"])
    lost = [
        _drawn_precision(ready, times) - _drawn_precision(other, times)
        for times in _draws(images, images, draws, True, seed)
    ]
    everything = np.ones(images, int)
    lost_all = _drawn_precision(ready, everything) - _drawn_precision(other, everything)
    return lost_all, *_turned(lost, lost_all)


def _measure(seed: int, *, part: str, draws: int, subset: int = 0, **conventions):
    """Detect in one part of COCO and score it, with what the choice of images leaves open."""
    import numpy as np

    from kerasbook.applications.detection.average_precision import evaluate_detections

    truth, detections = detect(part, ready_model(), **conventions)
    scores = evaluate_detections(truth, detections)
    metrics = {name: scores[name] for name in SCORES}
    images = len(truth["images"])
    metrics |= {"images": images, "objects": len(truth["annotations"])}
    if conventions != CONVENTIONS:
        lost, low, high = differ(truth, detections, draws, seed)
        return metrics | {"AP_lost": lost, "AP_lost_low": low, "AP_lost_high": high}
    columns = _columns(truth, detections)
    drawn = _draws(images, subset or images, draws, not subset, seed)
    values = np.array([_drawn_precision(columns, times) for times in drawn])
    if subset:
        return metrics | {"AP_of_subsets": values.mean()}
    low, high = _turned(values, scores["AP"])
    return metrics | {"AP_drawn": values.mean(), "AP_low": low, "AP_high": high}


CONVENTIONS: dict[str, Any] = {
    "channels": "BGR",
    "pixels": "standardized",
    "shape": "stretched",
    "centers": 0.5,
    "padding": "both",
}
_CHANGES: dict[str, dict] = {
    "as-here": {},
    "black-bars": {"shape": "kept"},
    "rgb": {"channels": "RGB"},
    "pixels-0-to-1": {"pixels": "0 to 1"},
    "pixels-0-to-255": {"pixels": "0 to 255"},
    "cell-corners": {"centers": 0.0},
    "padding-same": {"padding": "after"},
    "training-images": {"part": "train2017", "subset": 50},
}
TASKS = {
    "ready-detector": (
        "coco",
        [
            Recipe(name, {"part": "val2017", "draws": 1000, **CONVENTIONS, **change}, _measure)
            for name, change in _CHANGES.items()
        ],
    ),
}
