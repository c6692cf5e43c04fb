"""COCO's JSON: reading, checking, drawing (§4.2.2)."""

import json
import math
from numbers import Integral
from pathlib import Path

REQUIRED = {
    "images": ("id", "file_name", "width", "height"),
    "categories": ("id", "name"),
    "annotations": (
        "id", "image_id", "category_id", "bbox", "area", "iscrowd",
    ),
    "detections": ("image_id", "category_id", "bbox", "score"),
}  # fmt: skip
TOLERANCE = 1.0  # pixels a box may reach out of its image


class CocoError(ValueError):
    """One fault of COCO data: `CocoError(source, place, problem)`.

    `source` is the file, `place` the record as `annotations[3] (id 17)`,
    counted from 0 as Python counts; either may be empty.
    """

    def __str__(self):
        *where, problem = self.args
        where = ", ".join(filter(None, where))
        return f"{where}: {problem}" if where else problem


def place_of(kind, number, record):
    """Name a record by its list, its position and, if it has one, its id."""
    named = isinstance(record, dict) and "id" in record
    return f"{kind}[{number}]" + (f" (id {record['id']!r})" if named else "")


def box_problem(box):
    """Say what is wrong with the four numbers of an `xywh` box, or `None`."""
    try:
        _, _, width, height = box
        if all(map(math.isfinite, box)) and width >= 0 and height >= 0:
            return None  # width 0 occurs in COCO itself
    except (TypeError, ValueError, OverflowError):
        pass
    return (
        "expected bbox=[x, y, width, height], finite, width and height 0 or "
        f"more. Received: bbox={box!r}"
    )


def number_problem(record, name, low=-math.inf):
    """Say what is wrong with a number of a record, or return `None`."""
    value = record[name]
    try:
        if math.isfinite(value) and value >= low:
            return None
    except (TypeError, ValueError, OverflowError):
        pass
    least = "" if low == -math.inf else f" of {low} or more"
    return f"expected a finite number{least}. Received: {name}={value!r}"


def missing_problem(record, kind):
    """Say which keys a record of this kind lacks, or return `None`."""
    if not isinstance(record, dict):
        return f"expected an object. Received: {record!r}"
    missing = [name for name in REQUIRED[kind] if name not in record]
    if missing:
        return f"expected the keys {missing}. Received: {sorted(record)}"
    return None


def link_problem(record, images, categories):
    """Say which id of a record leads nowhere, or return `None`."""
    for name, known in (("image_id", images), ("category_id", categories)):
        try:
            found = record[name] in known
        except TypeError:  # a list is no id
            found = False
        if not found:
            what = name.removesuffix("_id")
            return f"expected a known {what}. Received: {name}={record[name]!r}"
    return None


def outside_problem(box, image):
    """Say how far an `xywh` box leaves its image, or return `None`."""
    left, top, width, height = box
    right = left + width - image["width"]
    bottom = top + height - image["height"]
    if max(-left, -top, right, bottom) <= TOLERANCE:
        return None
    size = f"{image['width']} x {image['height']}"
    return (
        f"expected a box inside image {image['id']} of {size} pixels. "
        f"Received: bbox={box!r}"
    )


def check_ids(source, kind, records):
    """Return the records by id.

    Raises:
        CocoError: one is no object, lacks a key, or repeats an id.
    """
    by_id = {}
    for number, record in enumerate(records):
        problem = missing_problem(record, kind)
        if not problem and not isinstance(record["id"], Integral):
            problem = f"expected a whole number. Received: id={record['id']!r}"
        elif not problem and record["id"] in by_id:
            problem = "expected an id of its own. Received: one seen before"
        if problem:
            raise CocoError(source, place_of(kind, number, record), problem)
        by_id[record["id"]] = record
    return by_id


def annotation_problem(annotation, images, categories):
    """Say what is wrong with an annotation, or return `None`."""
    problem = missing_problem(annotation, "annotations") or link_problem(
        annotation, images, categories
    )
    if not problem and annotation["iscrowd"] not in (0, 1):
        crowd = annotation["iscrowd"]
        problem = f"expected iscrowd of 0 or 1. Received: iscrowd={crowd!r}"
    return (
        problem
        or box_problem(annotation["bbox"])
        or number_problem(annotation, "area", 0)
    )


def check_coco(ground_truth, *, source="", image_folder=None):
    """Check the three lists of a COCO ground truth, record by record.

    Args:
        ground_truth: dict with `images`, `categories`, `annotations`.
        source: what an error names, such as the file.
        image_folder: where the image files have to be, if given.

    Raises:
        CocoError: the first fault found.
    """
    by_id = {}
    for kind in ("images", "categories", "annotations"):
        records = isinstance(ground_truth, dict) and ground_truth.get(kind)
        if not isinstance(records, list):
            raise CocoError(source, "", f"expected a list named {kind!r}")
        by_id[kind] = check_ids(source, kind, records)
    images, categories = by_id["images"], by_id["categories"]
    for number, image in enumerate(ground_truth["images"]):
        problem = number_problem(image, "width", 1)
        problem = problem or number_problem(image, "height", 1)
        if (
            image_folder
            and not Path(image_folder, image["file_name"]).is_file()
        ):
            problem = (
                f"image file not there. Received: {image['file_name']!r} "
                f"in image_folder={str(image_folder)!r}"
            )
        if problem:
            raise CocoError(source, place_of("images", number, image), problem)
    for number, annotation in enumerate(ground_truth["annotations"]):
        problem = annotation_problem(annotation, images, categories)
        problem = problem or outside_problem(
            annotation["bbox"], images[annotation["image_id"]]
        )
        if problem:
            place = place_of("annotations", number, annotation)
            raise CocoError(source, place, problem)


def read_coco(path, *, image_folder=None):
    """Read a ground truth in COCO's JSON and check all of it.

    A box may have no width or no height, and `segmentation` is not looked
    at: COCO's own files hold both. A box may reach one pixel out of its
    image, since files round differently.

    Args:
        path: the file, in UTF-8.
        image_folder: where its image files have to be, if given.

    Returns:
        dict with the lists `images`, `categories`, `annotations`.

    Raises:
        CocoError: a fault, with the file and the record.

    Source: Lin et al. (2014).
    """
    path = Path(path)
    data = path.read_bytes()
    try:
        ground_truth = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = f"expected UTF-8. Received: byte {data[error.start]:#04x}"
        raise CocoError(path.name, f"line {line}", problem) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        problem = f"broken JSON, {error.msg}"
        raise CocoError(path.name, place, problem) from None
    check_coco(ground_truth, source=path.name, image_folder=image_folder)
    return ground_truth


def check_annotations(ground_truth, *, source=""):
    """Check what the evaluation reads of a ground truth: the annotations.

    Raises:
        CocoError: the first annotation that lacks a key, or names an image or
            a category that is not there, or whose numbers make no sense.
    """
    images = {image["id"] for image in ground_truth["images"]}
    categories = {category["id"] for category in ground_truth["categories"]}
    for number, annotation in enumerate(ground_truth["annotations"]):
        problem = annotation_problem(annotation, images, categories)
        if problem:
            place = place_of("annotations", number, annotation)
            raise CocoError(source, place, problem)


def check_detections(detections, ground_truth, *, source=""):
    """Check a list in COCO's results format against its ground truth.

    Args:
        detections: list of dicts with `image_id`, `category_id`, `bbox`
            (`xywh`), `score`.
        ground_truth: dict with `images` and `categories`.
        source: what an error names, such as the file.

    Raises:
        CocoError: the first fault found. An unknown category is one;
            pycocotools drops such detections in silence.
    """
    if not isinstance(detections, list):
        problem = f"expected a list. Received: {type(detections).__name__}"
        raise CocoError(source, "", problem)
    images = {image["id"] for image in ground_truth["images"]}
    categories = {category["id"] for category in ground_truth["categories"]}
    for number, detection in enumerate(detections):
        problem = (
            missing_problem(detection, "detections")
            or link_problem(detection, images, categories)
            or box_problem(detection["bbox"])
            or number_problem(detection, "score")
        )
        if problem:
            place = place_of("detections", number, detection)
            raise CocoError(source, place, problem)


def draw_boxes(
    axis, image, boxes, names, scores=None, colors=None, linestyle="-"
):
    """Draw an image and boxes with their names.

    Args:
        axis: Matplotlib axes.
        image: array `(height, width, 3)`, or `None`: draw on what is there.
        boxes: in corners, shape `(n, 4)`, pixels.
        names: what to write at each box, `n` of them.
        scores: confidence of each, written behind its name.
        colors: a color for each; by default one for each different name.
        linestyle: of the frames, to tell true from predicted without color.
    """
    if image is not None:
        height, width = image.shape[:2]
        # Pixel 0 reaches from 0 to 1, as boxes count, not from -0.5 to 0.5.
        axis.imshow(image, extent=(0, width, height, 0))
        axis.axis("off")
    if colors is None:
        numbers = {name: n for n, name in enumerate(dict.fromkeys(names))}
        colors = [f"C{numbers[name] % 7}" for name in names]
    if scores is not None:
        names = [
            f"{name} {score:.2f}"
            for name, score in zip(names, scores, strict=True)
        ]
    for box, name, color in zip(boxes, names, colors, strict=True):
        left, top, right, bottom = box
        axis.plot(
            [left, right, right, left, left],
            [top, top, bottom, bottom, top],
            color=color, linestyle=linestyle, linewidth=1.5,
            scalex=False, scaley=False,
        )  # fmt: skip
        axis.text(
            left, top, name, fontsize=7, color="white", va="bottom",
            clip_on=True,
            bbox={"facecolor": color, "edgecolor": color, "pad": 0.8},
        )  # fmt: skip
