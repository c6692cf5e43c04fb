"""COCO's JSON: reading, checking, drawing (§4.2.2)."""

import json
import math
from numbers import Integral
from pathlib import Path

from matplotlib import patheffects

REQUIRED = {
    "images": {"id", "file_name", "width", "height"},
    "categories": {"id", "name"},
    "annotations": {
        "id", "image_id", "category_id", "bbox", "area", "iscrowd",
    },
    "detections": {"image_id", "category_id", "bbox", "score"},
}  # fmt: skip
# Pixels that a box may reach out of its image. COCO rounds to hundredths,
# other programs count the last pixel twice.
TOLERANCE = 1.0


class CocoError(ValueError):
    """One fault of COCO data: `CocoError(source, place, problem)`.

    `source` is the file; `place` the record, as `annotations[3] (id 17)` and
    counted from 0 as Python does. Either may be empty.
    """

    def __str__(self):
        source, place, problem = self.args
        where = ", ".join(filter(None, [source, place]))
        return f"{where}: {problem}" if where else problem


def place_of(kind, number, record):
    """Name a record by its list, its position and its id, if it has one."""
    named = isinstance(record, dict) and "id" in record
    return f"{kind}[{number}]" + (f" (id {record['id']!r})" if named else "")


def keys_problem(record, keys):
    """Say which keys a record lacks, or return `None`."""
    if not isinstance(record, dict):
        return f"expected an object. Received: {record!r}"
    if keys <= record.keys():
        return None
    missing = sorted(keys - record.keys())
    return f"expected the keys {missing} too. Received: {list(record)}"


def number_problem(record, name, least=-math.inf):
    """Say what is wrong with a number of a record, or return `None`."""
    try:
        if math.isfinite(record[name]) and record[name] >= least:
            return None
    except (TypeError, ValueError, OverflowError):
        pass  # no number at all, or none that a float can hold
    bound = "" if least == -math.inf else f", {least} or more"
    return f"expected a finite number{bound}. Received: {name}={record[name]!r}"


def box_problem(record):
    """Say what is wrong with the `xywh` box of a record, or return `None`."""
    box = record["bbox"]
    try:
        _, _, width, height = box
        if all(map(math.isfinite, box)) and width >= 0 and height >= 0:
            return None
    except (TypeError, ValueError, OverflowError):
        pass  # not four numbers
    return (
        "expected bbox=[x, y, width, height], all finite, neither size below "
        f"0. Received: bbox={box!r}"
    )


def link_problem(record, images, categories):
    """Say which id of a record belongs to nothing, or return `None`."""
    for name, known in (("image_id", images), ("category_id", categories)):
        try:
            missing = record[name] not in known
        except TypeError:  # a list, say
            missing = True
        if missing:
            kind = name.removesuffix("_id")
            received = f"Received: {name}={record[name]!r}"
            return f"no {kind} has this id. {received}"
    return None


def annotation_problem(annotation, images, categories):
    """Say what is wrong with an annotation, or return `None`."""
    problem = (
        keys_problem(annotation, REQUIRED["annotations"])
        or link_problem(annotation, images, categories)
        or box_problem(annotation)
        or number_problem(annotation, "area", 0)
    )
    if not problem and annotation["iscrowd"] not in (0, 1):
        crowd = annotation["iscrowd"]
        problem = f"expected iscrowd of 0 or 1. Received: iscrowd={crowd!r}"
    return problem


def outside_problem(annotation, image):
    """Say that a box leaves its image, or return `None`."""
    left, top, width, height = annotation["bbox"]
    beyond = max(
        -left,
        -top,
        left + width - image["width"],
        top + height - image["height"],
    )
    if beyond <= TOLERANCE:
        return None
    return (
        f"expected a box inside its image of {image['width']} x "
        f"{image['height']} pixels. Received: bbox={annotation['bbox']!r}"
    )


def image_problem(image, folder):
    """Say what is wrong with an image, or return `None`."""
    problem = number_problem(image, "width", 1)
    problem = problem or number_problem(image, "height", 1)
    name = image["file_name"]
    if not problem and not isinstance(name, str):
        problem = f"expected a text. Received: file_name={name!r}"
    if not problem and folder and not Path(folder, name).is_file():
        problem = f"image file not there. Received: {str(Path(folder, name))!r}"
    return problem


def records_by_id(ground_truth, kind, *, keys=frozenset({"id"}), source=""):
    """Return the records of one of COCO's lists by their ids.

    Raises:
        CocoError: there is no such list, or a record is no object, lacks a
            key, or has an id that is no whole number or not its own.
    """
    records = isinstance(ground_truth, dict) and ground_truth.get(kind)
    if not isinstance(records, list):
        problem = f"expected an object with a list {kind!r}. Received: none"
        raise CocoError(source, "", problem)
    by_id = {}
    for number, record in enumerate(records):
        problem = keys_problem(record, keys)
        if not problem and not isinstance(record["id"], Integral):
            problem = f"expected a whole number. Received: id={record['id']!r}"
        elif not problem and record["id"] in by_id:
            problem = (
                f"expected an id of its own. Received: id={record['id']!r}"
            )
        if problem:
            raise CocoError(source, place_of(kind, number, record), problem)
        by_id[record["id"]] = record
    return by_id


def check_records(source, kind, records, find_problem):
    """Raise CocoError for the first record in which a problem is found."""
    for number, record in enumerate(records):
        if problem := find_problem(record):
            raise CocoError(source, place_of(kind, number, record), problem)


def check_coco(ground_truth, *, source="", image_folder=None):
    """Check a ground truth in COCO's format, record by record.

    A box may have no width or no height, and `segmentation` may hold anything,
    as in COCO's own files.

    Args:
        ground_truth: dict with the lists `images`, `categories` and
            `annotations`.
        source: what an error names, such as the file.
        image_folder: where the image files have to be, if given.

    Raises:
        CocoError: the first fault found.
    """
    images, categories, _ = (
        records_by_id(ground_truth, kind, keys=REQUIRED[kind], source=source)
        for kind in ("images", "categories", "annotations")
    )
    check_records(
        source,
        "images",
        ground_truth["images"],
        lambda image: image_problem(image, image_folder),
    )
    check_records(
        source,
        "annotations",
        ground_truth["annotations"],
        lambda annotation: (
            annotation_problem(annotation, images, categories)
            or outside_problem(annotation, images[annotation["image_id"]])
        ),
    )


def read_coco(path, *, image_folder=None):
    """Read a ground truth in COCO's JSON and check it with `check_coco`.

    Returns:
        dict with the lists `images`, `categories` and `annotations`.

    Raises:
        CocoError: a fault, with the file and the line or the record.

    Source: Lin et al. (2014).
    """
    path = Path(path)
    try:
        ground_truth = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = f"byte {error.object[error.start]:#04x}"
        problem = f"expected UTF-8. Received: {byte}"
        raise CocoError(path.name, f"line {line}", problem) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise CocoError(path.name, place, f"broken JSON, {error.msg}") from None
    except (ValueError, RecursionError) as error:  # Python's own limits
        raise CocoError(path.name, "", f"broken JSON, {error}") from None
    check_coco(ground_truth, source=path.name, image_folder=image_folder)
    return ground_truth


def check_annotations(ground_truth):
    """Check what an evaluation needs of a ground truth; boxes may be anywhere.

    Raises:
        CocoError: the first fault found.
    """
    images = records_by_id(ground_truth, "images")
    categories = records_by_id(ground_truth, "categories")
    records_by_id(ground_truth, "annotations")
    check_records(
        "",
        "annotations",
        ground_truth["annotations"],
        lambda annotation: annotation_problem(annotation, images, categories),
    )


def check_detections(detections, ground_truth, *, source=""):
    """Check detections in COCO's results format, and what they refer to.

    Args:
        detections: list of dicts with `image_id`, `category_id`, `bbox`
            (`xywh`) and `score`.
        ground_truth: dict in COCO's format; of its images and categories
            only the ids matter.
        source: what an error names, such as the file.

    Raises:
        CocoError: the first fault found. A category that is not there is
            one, though pycocotools drops such detections in silence.
    """
    if not isinstance(detections, list):
        problem = f"expected a list. Received: {type(detections).__name__}"
        raise CocoError(source, "", problem)
    images = records_by_id(ground_truth, "images", source=source)
    categories = records_by_id(ground_truth, "categories", source=source)
    check_records(
        source,
        "detections",
        detections,
        lambda detection: (
            keys_problem(detection, REQUIRED["detections"])
            or link_problem(detection, images, categories)
            or box_problem(detection)
            or number_problem(detection, "score")
        ),
    )


def show_image(axis, image):
    """Draw an image `(height, width, 3)` in pixels, ready for boxes."""
    height, width = image.shape[:2]
    # Boxes count from the edge of pixel 0, Matplotlib from its center.
    axis.imshow(image, extent=(0, width, height, 0))
    axis.axis("off")


def draw_boxes(axis, boxes, texts, colors, linestyle="-"):
    """Draw boxes in corners, `(n, 4)`, each with a text and a color.

    A line of another style tells kinds of boxes apart without color.
    """
    for box, text, color in zip(boxes, texts, colors, strict=True):
        draw_box(axis, box, text, color, linestyle)


def draw_box(axis, box, text, color, linestyle):
    """Draw a frame edged in white, its text above it, or inside if needed."""
    left, top, right, bottom = box
    axis.plot(
        [left, right, right, left, left], [top, top, bottom, bottom, top],
        color=color, linestyle=linestyle, scalex=False, scaley=False,
        path_effects=[patheffects.withStroke(linewidth=3, foreground="white")],
    )  # fmt: skip
    if not text:
        return
    above = top > 0.08 * max(axis.get_ylim())
    rightmost = left > 0.6 * max(axis.get_xlim())
    axis.text(
        right if rightmost else left, top, text, fontsize=7, color="black",
        va="bottom" if above else "top", clip_on=True,
        ha="right" if rightmost else "left",
        bbox={"facecolor": "white", "edgecolor": color, "pad": 0.8},
    )  # fmt: skip
