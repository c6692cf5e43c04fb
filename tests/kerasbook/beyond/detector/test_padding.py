"""Boxes of images with different numbers of objects, in one batch."""

import numpy as np
import pytest

from kerasbook.beyond.detector.padding import pad_targets

BOXES = [[[1, 2, 3, 4], [5, 6, 7, 8]], [[9, 10, 11, 12]], []]
LABELS = [[0, 1], [2], []]


def test_images_with_fewer_objects_are_filled_up():
    targets = pad_targets(BOXES, LABELS, "xyxy")
    assert targets["labels"].tolist() == [[0, 1], [2, -1], [-1, -1]]
    assert targets["boxes"].shape == (3, 2, 4)
    assert targets["boxes"][0].tolist() == BOXES[0]
    assert targets["boxes"][1].tolist() == [[9, 10, 11, 12], [-1] * 4]
    assert (targets["boxes"][2] == -1).all()
    assert {part.dtype for part in targets.values()} == {np.dtype("float32")}


def test_top_comes_before_left_if_the_detector_wants_it():
    targets = pad_targets(BOXES, LABELS, "yxyx")
    assert targets["boxes"][1].tolist() == [[10, 9, 12, 11], [-1] * 4]


def test_each_box_needs_a_label():
    with pytest.raises(ValueError, match="reshape"):
        pad_targets([[[1, 2, 3, 4]]], [[0, 1]], "xyxy")
