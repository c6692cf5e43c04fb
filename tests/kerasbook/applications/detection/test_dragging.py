"""Boxes that a reader drags: who gives way to whom, what the browser gets, what paper shows."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from kerasbook.applications.detection.dragging import (
    draw_scene,
    find_suppressors,
    judge_scene,
    random_scene,
    write_scene,
    write_scenes,
)
from kerasbook.boxes import non_max_suppression, pairwise_iou

FOUR = np.array([[10, 10, 50, 50], [18, 10, 58, 50], [26, 10, 66, 50], [10, 55, 50, 95]])
SCORES, ONE_CLASS = [0.9, 0.8, 0.7, 0.6], [0, 0, 0, 0]


@pytest.fixture
def scene():
    return write_scene(FOUR, SCORES, ONE_CLASS)


@pytest.mark.parametrize(
    ("change", "threshold", "kept", "rivals"),
    [
        ({}, 0.6, [0, 2, 3], [-1, 0, -1, -1]),
        ({}, 0.4, [0, 3], [-1, 0, 0, -1]),  # A and C share 24 * 40, cover 56 * 40
        ({}, 1.0, [0, 1, 2, 3], [-1, -1, -1, -1]),
        # B with 30 * 40 / (50 * 40), exactly the threshold, stays, and C gives way to B.
        ({"boxes": [FOUR[0], FOUR[1] + [2, 0, 2, 0], *FOUR[2:]]}, 0.6, [0, 1, 3], [-1, -1, 1, -1]),
        ({"scores": [0.9, 0.95, 0.7, 0.6]}, 0.6, [1, 3], [1, -1, 1, -1]),
        ({"scores": [0.8, 0.8, 0.8, 0.8]}, 0.6, [0, 2, 3], [-1, 0, -1, -1]),  # ties: the first
        ({"classes": [0, 1, 0, 0]}, 0.4, [0, 1, 3], [-1, -1, 0, -1]),
    ],
)
def test_boxes_give_way_as_the_page_says(scene, change, threshold, kept, rivals):
    scene.update(change)
    stay, give_way = judge_scene(scene, threshold)
    assert stay.tolist() == kept
    assert give_way.tolist() == rivals


def test_a_box_gives_way_to_the_best_of_those_that_overlap_it():
    boxes = [[0, 0, 10, 10], [6, 0, 16, 10], [3, 0, 13, 10]]  # the last shares 70 with each
    kept = non_max_suppression(boxes, [0.7, 0.9, 0.1], ONE_CLASS[:3], 0.5)
    assert find_suppressors(boxes, ONE_CLASS[:3], kept, 0.5).tolist() == [-1, -1, 1]


@pytest.mark.parametrize("seed", range(10))
def test_each_box_stays_or_has_a_reason_to_go(seed):
    scene = random_scene(np.random.default_rng(seed), 60, 96)
    kept, rivals = judge_scene(scene, 0.4)
    assert sorted(kept) == np.flatnonzero(rivals < 0).tolist()
    gone = np.flatnonzero(rivals >= 0)
    assert 0 < len(gone) < 60
    overlaps = pairwise_iou(scene["boxes"], scene["boxes"])[gone, rivals[gone]]
    scores, classes = np.array(scene["scores"]), np.array(scene["classes"])
    assert overlaps.min() > 0.4
    assert (scores[rivals[gone]] >= scores[gone]).all()
    assert (classes[rivals[gone]] == classes[gone]).all()


def test_random_boxes_lie_in_the_scene_and_can_be_dragged():
    scene = random_scene(np.random.default_rng(0), 500, 96)
    left, top, right, bottom = np.array(scene["boxes"]).T
    assert min(left.min(), top.min()) == 0
    assert max(right.max(), bottom.max()) == 96
    assert min((right - left).min(), (bottom - top).min()) == 12
    assert len(set(scene["scores"])) < 100  # so some are equal
    assert set(scene["classes"]) == {0, 1}
    again = random_scene(np.random.default_rng(0), 500, 96)
    assert again == scene


def test_a_scene_is_written_in_whole_pixels_with_its_picture():
    image = np.full((96, 96, 3), (200, 30, 30), np.uint8)
    boxes = np.array([[5.99, 21.23, 50.84, 68.23]], "float32")
    scene = write_scene(boxes, np.array([0.6449], "float32"), np.array([1]), image)
    assert scene["boxes"] == [[6, 21, 51, 68]]
    assert scene["scores"] == [0.64]
    assert scene["classes"] == [1]
    kind, text = scene["picture"].split(",")
    assert kind == "data:image/jpeg;base64"
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))
    assert picture.shape == (96, 96, 3)
    assert np.abs(picture.astype(int) - image).max() < 5


def test_what_the_page_carries_is_json(scene):
    told = json.loads(write_scenes([scene], size=96, iou_threshold=0.6))
    assert told == {"scenes": [scene], "size": 96, "iou_threshold": 0.6}
    assert told["scenes"][0] == {"boxes": FOUR.tolist(), "scores": SCORES, "classes": ONE_CLASS}


@pytest.mark.parametrize("count", [0, 1, 27])
def test_a_scene_that_no_one_could_drag_stops_the_page(scene, count):
    other = {**scene, "boxes": [[0, 0, 12, 12]] * count}
    with pytest.raises(ValueError, match="Expected scenes of 2 to 26 boxes") as caught:
        write_scenes([scene, other], size=96)
    assert str(caught.value).endswith(f"Received: [4, {count}] boxes")


def test_what_goes_is_dashed_and_drawn_last_and_what_two_share_is_shaded(scene):
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    draw_scene(axis, scene, 96, 0.6)
    drawn = [(line.get_linestyle(), line.get_xdata()[0]) for line in axis.lines]
    assert drawn == [("-", 10), ("-", 26), ("-", 10), ("--", 18)]
    assert [text.get_text() for text in axis.texts] == ["A", "C", "D", "B"]
    (shaded,) = axis.collections
    corners = shaded.get_paths()[0].get_extents()
    assert (corners.x0, corners.y0, corners.x1, corners.y1) == (18, 10, 50, 50)
    assert axis.get_ylim() == (96, 0)
    plt.close(figure)
