"""Boxes: formats, overlap, non-maximum suppression."""

import keras
import numpy as np
import pytest

from kerasbook import boxes as page
from kerasbook.overlap import enclosing_box

FORMATS = page.BOX_FORMATS
# One box in the three formats: 30 wide, 40 high, its left top corner at (10, 20).
ONE = {
    "xyxy": [10, 20, 40, 60],
    "xywh": [10, 20, 30, 40],
    "center_xywh": [25, 40, 30, 40],
}


def random_boxes(count, seed, smallest=1):
    """Return boxes in corners within 100 x 100 pixels, of shape (count, 4)."""
    generator = np.random.default_rng(seed)
    low = generator.uniform(0, 60, (count, 2))
    return np.concatenate([low, low + generator.uniform(smallest, 40, (count, 2))], axis=1)


# Formats


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_one_box_in_every_format(source, target):
    assert page.convert_boxes(ONE[source], source, target).tolist() == ONE[target]


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_formats_agree_with_keras_and_back(source, target):
    boxes = page.convert_boxes(random_boxes(50, seed=0), "xyxy", source)
    converted = page.convert_boxes(boxes, source, target)
    by_keras = keras.utils.bounding_boxes.convert_format(
        boxes.astype("float32"), source=source, target=target
    )
    np.testing.assert_allclose(converted, by_keras, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(page.convert_boxes(converted, target, source), boxes, atol=1e-12)


@pytest.mark.parametrize("name", FORMATS)
def test_the_corners_of_one_box_and_back(name):
    low, high = page.to_corners(np.array([ONE[name]], float), name)
    assert (low.tolist(), high.tolist()) == ([[10, 20]], [[40, 60]])
    assert page.from_corners(low, high, name).tolist() == [ONE[name]]


def test_converting_keeps_the_shape_and_the_input():
    boxes = np.arange(24).reshape(2, 3, 4)
    assert page.convert_boxes(boxes, "xywh", "xyxy").shape == (2, 3, 4)
    assert boxes.tolist() == np.arange(24).reshape(2, 3, 4).tolist()
    assert page.convert_boxes([], "xywh", "xyxy").shape == (0, 4)


def test_small_unsigned_numbers_do_not_overflow():
    boxes = np.array([[200, 200, 100, 100]], np.uint8)
    assert page.convert_boxes(boxes, "xywh", "xyxy").tolist() == [[200, 200, 300, 300]]


@pytest.mark.parametrize("formats", [("xywh", "ltrb"), ("XYXY", "xywh"), (None, "xyxy")])
def test_an_unknown_format_is_echoed(formats):
    source, target = formats
    with pytest.raises(ValueError, match="Expected two formats of") as caught:
        page.convert_boxes([0, 0, 1, 1], source, target)
    assert f"Received: source={source!r}, target={target!r}" in str(caught.value)


@pytest.mark.parametrize("shape", [(3,), (5, 3), (4, 0), ()])
def test_a_wrong_shape_is_echoed(shape):
    with pytest.raises(ValueError, match=r"shape \(\.\.\., 4\)") as caught:
        page.pairwise_iou(np.zeros(shape), [[0, 0, 1, 1]])
    assert str(caught.value) == (
        f"Expected boxes of four numbers, shape (..., 4). Received: boxes.shape={shape}"
    )


# Intersection over union

SQUARE = [0, 0, 10, 10]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([0, 0, 10, 10], 1),
        ([5, 0, 15, 10], 50 / 150),
        ([5, 5, 15, 15], 25 / 175),
        ([2, 2, 4, 4], 4 / 100),
        ([10, 0, 20, 10], 0),  # side by side
        ([10, 10, 20, 20], 0),  # corner to corner
        ([30, 30, 40, 40], 0),
        ([3, 3, 3, 8], 0),  # no width
    ],
)
def test_iou_as_by_hand(other, expected):
    assert page.pairwise_iou([SQUARE], [other]).tolist() == [[expected]]
    assert page.pairwise_iou([other], [SQUARE]).tolist() == [[expected]]


def test_two_points_overlap_by_nothing_and_do_not_divide_by_zero():
    point = [3, 3, 3, 3]
    assert page.pairwise_iou([point], [point, SQUARE]).tolist() == [[0, 0]]


def test_a_ratio_broadcasts_and_is_zero_where_the_whole_is():
    assert page.ratio([1, 3], 2).tolist() == [0.5, 1.5]
    assert page.ratio(3, np.array([2, 0])).tolist() == [1.5, 0]
    assert np.full(100, 7.0).all()  # leaves its numbers in memory that the next array gets
    assert not page.ratio(np.ones(100), np.zeros(100)).any()


def test_the_hull_of_single_boxes_and_of_every_pair():
    first, second = np.array([[0, 0, 2, 2], [5, 5, 6, 9]]), np.array([[1, 1, 3, 3]])
    assert enclosing_box(first[0], second[0]).tolist() == [0, 0, 3, 3]
    assert enclosing_box(first[:, None], second).tolist() == [[[0, 0, 3, 3]], [[1, 1, 6, 9]]]


def test_a_crowd_divides_by_the_first_area_alone():
    crowd = [0, 0, 100, 100]
    people = [[10, 10, 20, 30], [90, 0, 110, 10], [200, 0, 210, 10]]
    overlap = page.pairwise_iou(people, [crowd, crowd], [True, False])
    expected = [[1, 200 / 10_000], [0.5, 100 / 10_100], [0, 0]]
    np.testing.assert_allclose(overlap, expected, rtol=1e-15)


def test_iou_is_symmetric_bounded_and_blind_to_place_and_scale():
    first, second = random_boxes(40, seed=1), random_boxes(30, seed=2)
    iou = page.pairwise_iou(first, second)
    assert iou.shape == (40, 30)
    assert iou.min() == 0
    assert 0.3 < iou.max() < 1
    np.testing.assert_array_equal(iou, page.pairwise_iou(second, first).T)
    np.testing.assert_allclose(iou, page.pairwise_iou(3 * first + 7, 3 * second + 7), atol=1e-12)
    np.testing.assert_array_equal(np.diag(page.pairwise_iou(first, first)), 1)


def test_iou_counts_pixels():
    generator = np.random.default_rng(3)
    low = generator.integers(0, 12, (30, 2))
    boxes = np.concatenate([low, low + generator.integers(1, 9, (30, 2))], axis=1)
    masks = np.zeros((30, 20, 20), bool)
    for mask, (left, top, right, bottom) in zip(masks, boxes, strict=True):
        mask[top:bottom, left:right] = True
    both = (masks[:, None] & masks[None]).sum(axis=(2, 3))
    either = (masks[:, None] | masks[None]).sum(axis=(2, 3))
    np.testing.assert_allclose(page.pairwise_iou(boxes, boxes), both / either, rtol=1e-15)


def test_iou_agrees_with_keras():
    first, second = random_boxes(40, seed=4), random_boxes(30, seed=5)
    by_keras = keras.utils.bounding_boxes.compute_iou(
        first.astype("float32"), second.astype("float32"), "xyxy"
    )
    np.testing.assert_allclose(page.pairwise_iou(first, second), by_keras, atol=1e-5)


def test_no_boxes_give_empty_tables():
    assert page.pairwise_iou([], [SQUARE]).shape == (0, 1)
    assert page.pairwise_iou([SQUARE], []).shape == (1, 0)
    assert page.pairwise_iou([], [], []).shape == (0, 0)


# Non-maximum suppression


def kept_by_definition(boxes, scores, classes, threshold):
    """Keep a box unless a kept one of its class, better or equal and earlier, overlaps it."""
    ranked = sorted(range(len(boxes)), key=lambda index: (-scores[index], index))
    kept = []
    for index in ranked:
        rivals = [other for other in kept if classes[other] == classes[index]]
        overlaps = [page.pairwise_iou([boxes[other]], [boxes[index]])[0, 0] for other in rivals]
        if all(overlap <= threshold for overlap in overlaps):
            kept.append(index)
    return kept


def test_suppression_as_by_hand():
    boxes = [[0, 0, 10, 10], [1, 0, 11, 10], [2, 0, 12, 10], [50, 50, 60, 60]]
    scores, classes = [0.6, 0.9, 0.7, 0.1], [0, 0, 0, 0]
    # The second overlaps its neighbors by 90 / 110; the first and third share 80 / 120.
    assert page.non_max_suppression(boxes, scores, classes, 0.5).tolist() == [1, 3]
    assert page.non_max_suppression(boxes, scores, [0, 1, 0, 0], 0.5).tolist() == [1, 2, 3]
    assert page.non_max_suppression(boxes, scores, classes, 0.9).tolist() == [1, 2, 0, 3]


def test_a_box_that_went_suppresses_no_other():
    boxes = [[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]]  # a chain: 70 / 130, ends 40 / 160
    assert page.non_max_suppression(boxes, [0.9, 0.8, 0.7], [0, 0, 0], 0.5).tolist() == [0, 2]


def test_four_boxes_as_the_page_does_them_by_hand():
    boxes = [[10, 10, 50, 50], [20, 10, 60, 50], [30, 10, 70, 50], [10, 55, 50, 95]]
    overlaps = page.pairwise_iou(boxes, boxes)
    np.testing.assert_allclose(overlaps[0], [1, 0.6, 1 / 3, 0])
    assert overlaps[1, 2] == 0.6
    kept = page.non_max_suppression(boxes, [0.9, 0.8, 0.7, 0.6], [0] * 4, 0.5)
    assert kept.tolist() == [0, 2, 3]


def test_an_overlap_of_exactly_the_threshold_stays():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 5]]
    assert page.non_max_suppression(boxes, [2, 1], [0, 0], 0.5).tolist() == [0, 1]
    assert page.non_max_suppression(boxes, [2, 1], [0, 0], 0.49).tolist() == [0]


@pytest.mark.parametrize("seed", range(20))
def test_suppression_agrees_with_its_definition(seed):
    generator = np.random.default_rng(seed)
    boxes = np.round(random_boxes(60, seed=100 + seed))
    scores = generator.integers(0, 20, 60) / 20  # with ties
    classes = generator.integers(0, 3, 60)
    for threshold in (0, 0.3, 0.5, 1):
        kept = page.non_max_suppression(boxes, scores, classes, threshold)
        assert kept.tolist() == kept_by_definition(boxes, scores, classes, threshold)


@pytest.mark.parametrize("seed", range(10))
def test_suppression_agrees_with_tensorflow(seed):
    tensorflow = pytest.importorskip("tensorflow")
    generator = np.random.default_rng(seed)
    boxes = random_boxes(80, seed=200 + seed)
    scores = generator.integers(0, 30, 80) / 32  # with ties, exact in float32
    for threshold in (0.2, 0.5, 0.8):
        kept = page.non_max_suppression(boxes, scores, np.zeros(80, int), threshold)
        by_tensorflow = tensorflow.image.non_max_suppression(boxes, scores, 80, threshold)
        assert kept.tolist() == by_tensorflow.numpy().tolist()


def test_unsigned_scores_are_ranked_as_numbers():
    scores = np.array([0, 7, 200], np.uint8)
    boxes = [[0, 0, 1, 1], [5, 5, 6, 6], [8, 8, 9, 9]]
    assert page.non_max_suppression(boxes, scores, [0, 0, 0], 0.5).tolist() == [2, 1, 0]


def test_classes_may_have_names_and_there_may_be_no_boxes():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 10]]
    assert page.non_max_suppression(boxes, [0.1, 0.2], ["cat", "dog"], 0.5).tolist() == [1, 0]
    empty = page.non_max_suppression([], [], [], 0.5)
    assert empty.tolist() == []
    assert np.arange(3)[empty].tolist() == []
