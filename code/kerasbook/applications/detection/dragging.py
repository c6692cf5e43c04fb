"""Boxes that a reader drags: what the page hands to the browser (§4.4.2)."""

import base64
import io
import json
import string

import numpy as np
from PIL import Image

from kerasbook.applications.detection.coco import draw_box
from kerasbook.boxes import (
    non_max_suppression,
    pairwise_iou,
)


def find_suppressors(boxes, classes, kept, iou_threshold):
    """Say which kept box each other one gives way to.

    Args:
        boxes: corners, shape `(n, 4)`, one at least.
        classes: of the boxes, `(n,)`.
        kept: indices of those that stay, as `non_max_suppression` returns them.
        iou_threshold: the one they were found with.

    Returns:
        array `(n,)` of indices; −1 for boxes that stay.
    """
    boxes, classes = np.asarray(boxes), np.asarray(classes)
    rivals = pairwise_iou(boxes, boxes[kept]) > iou_threshold
    rivals &= classes[:, None] == classes[kept]
    found = kept[rivals.argmax(axis=1)]  # the best of them
    found[kept] = -1
    return found


def write_scene(boxes, scores, classes, image=None):
    """Return a scene for the browser, as a dict: pixels whole, scores to 0.01.

    `image`, uint8 of shape `(height, width, 3)`, becomes a JPEG in the
    address of a picture.
    """
    scene = {
        "boxes": np.round(boxes).astype(int).tolist(),
        "scores": np.round(np.asarray(scores, float), 2).tolist(),
        "classes": np.asarray(classes).tolist(),
    }
    if image is not None:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG")
        text = base64.b64encode(file.getvalue()).decode("ascii")
        scene["picture"] = f"data:image/jpeg;base64,{text}"
    return scene


def random_scene(generator, count, size):
    """Draw boxes of two classes, some scores equal, as `write_scene` does."""
    low = generator.integers(0, size - 12, (count, 2))
    high = generator.integers(low + 12, size + 1)  # 12 to a side, at least
    boxes = np.concatenate([low, high], axis=1)
    scores = generator.integers(1, 100, count) / 100
    return write_scene(boxes, scores, generator.integers(0, 2, count))


def judge_scene(scene, iou_threshold):
    """Return which boxes of a scene stay, and what the others give way to."""
    boxes, classes = np.array(scene["boxes"]), np.array(scene["classes"])
    kept = non_max_suppression(boxes, scene["scores"], classes, iou_threshold)
    return kept, find_suppressors(boxes, classes, kept, iou_threshold)


def write_scenes(scenes, **settings):
    """Return scenes and settings as JSON, which the page carries.

    Raises:
        ValueError: if a scene has no two boxes to compare, or more than names.
    """
    counts = [len(scene["boxes"]) for scene in scenes]
    if not all(2 <= count <= len(string.ascii_uppercase) for count in counts):
        raise ValueError(
            f"Expected scenes of 2 to 26 boxes. Received: {counts} boxes"
        )
    return json.dumps({"scenes": scenes, **settings})


def draw_scene(axis, scene, size, iou_threshold):
    """Draw boxes: dashed those that go; shaded what the first two share."""
    _, rivals = judge_scene(scene, iou_threshold)
    axis.set(xlim=(0, size), ylim=(size, 0), aspect="equal")
    axis.axis("off")
    first, second = np.array(scene["boxes"][:2])
    left, top = np.maximum(first[:2], second[:2])
    right, bottom = np.minimum(first[2:], second[2:])
    axis.fill_between([left, right], top, bottom, color="#E69F00", alpha=0.5)
    for number in np.argsort(rivals, kind="stable"):  # those that stay first
        stays, name = rivals[number] < 0, string.ascii_uppercase[number]
        color, line = ("#009E73", "-") if stays else ("#D55E00", "--")
        draw_box(axis, scene["boxes"][number], name, color, line)
