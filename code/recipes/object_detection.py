"""Reference runs of the object-detection page: scenes of CIFAR-10 crops, and real COCO images."""

import json
import os
from pathlib import Path

from recipes.recipe import Recipe

TEST_SEED = 1_000_000  # the same test scenes whatever the seed of the run
NETWORK = {"filters": [16, 32, 64, 128], "stride": 8, "width": 96}
# May be printed with boxes drawn on them: neither non-commercial nor without derivatives.
FREE_LICENSES = (4, 5, 7, 8)
MAX_BYTES = 150_000
SMALL = 32**2  # square pixels; COCO calls smaller objects small


def _train(images, objects, num_classes: int, seed: int, *, augmented: bool, **parameters):
    """Build the page's detector and train it as the page does."""
    import keras

    from kerasbook.applications.detection import network, training

    keras.utils.set_random_seed(seed)
    model = network.build_detector(
        num_classes,
        size=images.shape[1],
        filters=tuple(parameters["filters"]),
        stride=parameters["stride"],
        width=parameters["width"],
    )
    batches = training.DetectionBatches(
        images,
        objects,
        num_classes=num_classes,
        stride=parameters["stride"],
        batch_size=parameters["batch_size"],
        seed=seed,
        augmented=augmented,
    )
    training.train_detector(
        model, batches, epochs=parameters["epochs"], learning_rate=parameters["learning_rate"]
    )
    return model


def _scores(ground_truth: dict, detections: list, names: tuple[str, ...]) -> dict[str, float]:
    from kerasbook.applications.detection import average_precision

    scores = average_precision.evaluate_detections(ground_truth, detections)
    return {name: scores[name] for name in names}


def _detect_in_scenes(seed: int, *, categories: str, scenes: int, test_scenes: int, **parameters):
    """Train on scenes of CIFAR-10's training images, test on scenes of its test images."""
    import time

    import numpy as np

    from kerasbook import cifar10
    from kerasbook.applications.detection import scenes as composing
    from kerasbook.applications.detection import training

    (crops, labels), (test_crops, test_labels) = cifar10.load_cifar10()
    names: tuple[str, ...] = cifar10.CLASS_NAMES
    if categories == "vehicles and animals":
        names = ("vehicle", "animal")
        labels, test_labels = (
            np.isin(each, composing.ANIMALS).astype(int) for each in (labels, test_labels)
        )
    images, annotated = composing.compose_scenes(crops, labels, names, count=scenes, seed=seed)
    test_images, ground_truth = composing.compose_scenes(
        test_crops, test_labels, names, count=test_scenes, seed=TEST_SEED
    )
    objects = training.objects_by_image(annotated)
    wall, processor = time.monotonic(), time.process_time()
    model = _train(images, objects, len(names), seed, augmented=True, **parameters)
    wall, processor = time.monotonic() - wall, time.process_time() - processor
    detections = training.find_objects(model, test_images, ground_truth)
    kept = ("AP", "AP50", "AP75", "APs", "APm", "AR1", "AR100")
    return {
        **_scores(ground_truth, detections, kept),
        "training_s": round(wall, 1),
        "training_cpu_s": round(processor, 1),
        "parameters": model.count_params(),
    }


def _coco(part: str, size: int, most: int | None = None):
    """Read one part of COCO: ground truth, squares, their factors, their objects."""
    from kerasbook.applications.detection import coco, photos, training

    folder = Path(os.environ["KERASBOOK_DATA"], "coco")
    ground_truth = coco.read_coco(
        folder / "annotations" / f"instances_{part}.json", image_folder=folder / part
    )
    annotated = {each["image_id"] for each in ground_truth["annotations"]}
    tiny = {each["image_id"] for each in ground_truth["annotations"] if each["area"] < SMALL}
    records = sorted(ground_truth["images"], key=lambda record: record["id"])
    if most:  # the first by id that show an object, but none that letterboxing makes a speck
        records = [record for record in records if record["id"] in annotated - tiny][:most]
    ids = {record["id"] for record in records}
    ground_truth["images"] = records
    ground_truth["annotations"] = [
        each for each in ground_truth["annotations"] if each["image_id"] in ids
    ]
    images, scales = photos.read_photos(folder / part, records, size)
    objects = [
        (boxes * scale, classes)
        for (boxes, classes), scale in zip(
            training.objects_by_image(ground_truth), scales, strict=True
        )
    ]
    return ground_truth, images, scales, objects


def _overfit_coco(seed: int, *, images: int, size: int, folder: Path, **parameters):
    """Learn a few images by heart, unaugmented, and test on the same images."""
    from kerasbook.applications.detection import training

    ground_truth, squares, scales, objects = _coco("train2017", size, images)
    num_classes = len(ground_truth["categories"])
    model = _train(squares, objects, num_classes, seed, augmented=False, **parameters)
    detections = training.find_objects(model, squares, ground_truth, scales)
    if seed == 0:
        _draw(
            folder, "learned", ground_truth, "train2017", detections, kinds=("hits", "duplicates")
        )
    return {
        **_scores(ground_truth, detections, ("AP", "AP50", "AP75", "AR100")),
        "objects": sum(len(classes) for _, classes in objects),
        "parameters": model.count_params(),
    }


def _train_on_coco(seed: int, *, size: int, folder: Path, **parameters):
    """Train on all images at hand, test on the validation images."""
    from kerasbook.applications.detection import training

    ground_truth, squares, scales, objects = _coco("train2017", size)
    num_classes = len(ground_truth["categories"])
    model = _train(squares, objects, num_classes, seed, augmented=True, **parameters)
    known = training.find_objects(model, squares, ground_truth, scales)
    val_truth, val_squares, val_scales, _ = _coco("val2017", size)
    detections = training.find_objects(model, val_squares, val_truth, val_scales)
    if seed == 0:
        kinds = ("hits", "misses", "duplicates")
        _draw(folder, "unseen", val_truth, "val2017", detections, kinds=kinds)
    return {
        **_scores(val_truth, detections, ("AP", "AP50", "AP75", "AR1", "AR100")),
        "AP50_training": _scores(ground_truth, known, ("AP50",))["AP50"],
        "training_images": len(squares),
        "test_images": len(val_squares),
        "parameters": model.count_params(),
    }


# Pictures of predictions, of images whose license lets us print them


def _draw(folder: Path, name: str, ground_truth: dict, part: str, detections: list, *, kinds):
    """Save a picture of each kind that occurs, and who is to be named for it."""
    from kerasbook.applications.detection import matching, training

    truths = training.objects_by_image(ground_truth)
    free = []
    for record, true in zip(ground_truth["images"], truths, strict=True):
        if record["license"] in FREE_LICENSES:
            found = _found_in(record, ground_truth, detections)
            outcomes, missed = matching.match_detections_coco(found, true)
            free.append((record, found, true, outcomes, int(missed.sum())))
    occurs = {
        "hits": lambda each: "hit" in each[3],
        "misses": lambda each: each[4] > 0,
        "duplicates": lambda each: "duplicate" in each[3],
    }
    order = {
        "hits": lambda each: (each[3].count("hit") - 0.5 * each[4], -len(each[3])),
        "misses": lambda each: (min(each[4], 6) - 3 * each[3].count("hit"), -each[4]),
        "duplicates": lambda each: (each[3].count("duplicate"), each[3].count("hit")),
    }
    used: set[int] = set()
    for kind in kinds:
        fit = [each for each in free if each[0]["id"] not in used and occurs[kind](each)]
        if fit:
            chosen = max(fit, key=order[kind])
            used.add(chosen[0]["id"])
            _save_picture(folder, f"{name}-{kind}", ground_truth, part, *chosen[:3])


def _found_in(record: dict, ground_truth: dict, detections: list, min_score: float = 0.25):
    """Return boxes, scores and classes of one image, the best first."""
    import numpy as np

    from kerasbook import boxes

    classes = {each["id"]: number for number, each in enumerate(ground_truth["categories"])}
    here = [
        each
        for each in detections
        if each["image_id"] == record["id"] and each["score"] >= min_score
    ]
    here.sort(key=lambda each: -each["score"])
    return (
        boxes.convert_boxes([each["bbox"] for each in here], "xywh", "xyxy"),
        np.array([each["score"] for each in here]),
        np.array([classes[each["category_id"]] for each in here], int),
    )


def _save_picture(folder, name, ground_truth, part, record, found, true):
    import keras
    from matplotlib.figure import Figure

    from kerasbook.applications.detection import matching

    path = Path(os.environ["KERASBOOK_DATA"], "coco", part, record["file_name"])
    image = keras.utils.img_to_array(keras.utils.load_img(path)).astype("uint8")
    figure = Figure(figsize=(6.4, 6.4 * record["height"] / record["width"]), dpi=125)
    axis = figure.add_axes((0, 0, 1, 1))
    names = [each["name"] for each in ground_truth["categories"]]
    counts = matching.draw_judged(axis, image, found, true, names)
    folder.mkdir(parents=True, exist_ok=True)
    for quality in (85, 75, 60, 45):
        settings = {"quality": quality, "optimize": True}
        figure.savefig(folder / f"{name}.jpg", pil_kwargs=settings)
        if (folder / f"{name}.jpg").stat().st_size <= MAX_BYTES:
            break
    _attribute(folder, name, record, ground_truth, counts)


def _attribute(folder: Path, name: str, record: dict, ground_truth: dict, counts: dict) -> None:
    """Write where the image comes from, its license and what was changed."""
    licenses = {each["id"]: each for each in ground_truth["licenses"]}
    license_of = licenses[record["license"]]
    photo = record["flickr_url"].rpartition("/")[2].partition("_")[0]
    path = folder / "attribution.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[f"{name}.jpg"] = {
        "image_id": record["id"],
        "flickr_url": record["flickr_url"],
        "photo_page": f"https://www.flickr.com/photo.gne?id={photo}",
        "license": license_of["name"],
        "license_url": license_of["url"].replace("\\/", "/"),
        "changes": "resized; boxes and names drawn on the image",
        "counts": counts,
    }
    text = json.dumps(dict(sorted(known.items())), indent=2)
    path.write_text(text + "\n", encoding="utf-8")


_SCENES = {"scenes": 10_000, "test_scenes": 500, "batch_size": 16, "learning_rate": 2e-3, **NETWORK}
_COCO = {**NETWORK, "size": 192, "filters": [16, 32, 64, 128, 128]}
TASKS = {
    "detection-scenes": (
        "cifar10",
        [
            Recipe(
                "two-groups",
                {"categories": "vehicles and animals", "epochs": 4, **_SCENES},
                _detect_in_scenes,
            ),
            Recipe(
                "ten-categories",
                {"categories": "CIFAR-10's ten", "epochs": 4, **_SCENES},
                _detect_in_scenes,
            ),
        ],
    ),
    "detection-coco": (
        "coco",
        [
            Recipe(
                "all-train",
                {"epochs": 30, "batch_size": 4, "learning_rate": 2e-3, **_COCO},
                _train_on_coco,
                keeps_files=True,
            ),
            Recipe(
                "overfit-16",
                {"images": 16, "epochs": 400, "batch_size": 4, "learning_rate": 2e-3, **_COCO},
                _overfit_coco,
                keeps_files=True,
            ),
        ],
    ),
}
