"""Overlaps of boxes against hand-computed numbers and NumPy; what a score off costs."""

import keras
import numpy as np
import pytest

from kerasbook import boxes as in_numpy
from kerasbook import detection_losses


def random_boxes(count, seed):
    generator = np.random.default_rng(seed)
    low = generator.uniform(0, 60, (count, 2))
    return np.concatenate([low, low + generator.uniform(1, 40, (count, 2))], axis=1)


def test_overlaps_agree_with_numpy():
    first, second = random_boxes(200, 0), random_boxes(200, 1)
    iou, giou = detection_losses.iou_and_giou(*(x.astype("float32") for x in (first, second)))
    pairs = [
        in_numpy.pairwise_iou(a[None], b[None])[0, 0] for a, b in zip(first, second, strict=True)
    ]
    np.testing.assert_allclose(iou, pairs, atol=1e-5)
    assert (np.array(giou) <= np.array(iou) + 1e-6).all()
    assert np.array(giou).min() > -1


@pytest.mark.parametrize(
    ("other", "iou", "giou"),
    [
        ([0, 0, 40, 40], 1, 1),
        ([10, 0, 50, 40], 0.6, 0.6),  # 1200 of 2000, which fill the hull
        ([10, 10, 50, 50], 900 / 2300, 900 / 2300 - 200 / 2500),
        ([60, 0, 100, 40], 0, -0.2),  # 800 of 4000 are empty
        ([100, 0, 140, 40], 0, -2400 / 5600),
    ],
)
def test_overlaps_as_by_hand(other, iou, giou):
    boxes = np.array([[0, 0, 40, 40], other], "float32")
    np.testing.assert_allclose(detection_losses.iou_and_giou(*boxes), [iou, giou], atol=1e-6)


def test_boxes_without_area_have_finite_overlaps():
    zero = keras.ops.zeros((1, 4))
    for value in detection_losses.iou_and_giou(zero, zero):
        np.testing.assert_array_equal(value, [0])


def test_many_easy_answers_cost_little():
    logits = np.full(270, -np.log(99), "float32")
    cost = np.array(detection_losses.quality_focal_loss(np.zeros(270, "float32"), logits))
    assert cost.sum() == pytest.approx(270 * 0.01**2 * -np.log(0.99), rel=1e-4)
