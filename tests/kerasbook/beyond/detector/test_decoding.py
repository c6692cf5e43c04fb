"""From a photograph to the input, from the answer to boxes: by hand."""

import numpy as np
import pytest

from kerasbook.beyond.detector import decoding as page

SIZE = page.INPUT_SIZE


def answer_with(place, bins, category=0, score=4.0):
    """Return an answer that is silent but for one cell: `bins` are the four favored ones."""
    answer = np.full((3549, 124), -9.0)
    answer[place, category] = score
    for side, number in enumerate(bins):
        answer[place, 80 + 11 * side + number] = 30
    return answer


def test_channels_are_turned_around_and_standardized():
    photo = np.empty((40, 60, 3), "uint8")
    photo[:] = 200, 100, 50  # red, green, blue
    inputs = page.prepare_photo(photo)
    assert inputs.shape == (1, SIZE, SIZE, 3)
    assert inputs.dtype == np.float32
    expected = [(50 - 103.53) / 57.375, (100 - 116.28) / 57.12, (200 - 123.675) / 58.395]
    np.testing.assert_allclose(inputs[0, 200, 300], expected, atol=1e-5)


def test_photographs_are_stretched_to_the_whole_input():
    photo = np.zeros((20, 80, 3), "uint8")
    photo[:, 40:] = 255
    bright = page.prepare_photo(photo)[0, :, :, 0] > 0
    assert bright[:, 215:].all()
    assert not bright[:, :200].any()


def test_cells_are_listed_map_by_map_and_row_by_row():
    centers, strides = page.grid_centers_and_strides()
    assert len(centers) == 52**2 + 26**2 + 13**2 == 3549
    assert centers[:2].tolist() == [[4, 4], [12, 4]]
    assert centers[52].tolist() == [4, 12]
    assert centers[52**2].tolist() == [8, 8]
    assert centers[-1].tolist() == [400, 400]
    assert strides[[0, 52**2, -1], 0].tolist() == [8, 16, 32]
    assert page.grid_centers_and_strides(0)[0][1].tolist() == [8, 0]


def test_distances_are_expectations():
    logs = np.full(11, -np.inf)
    logs[[2, 3]] = np.log([0.25, 0.75])
    assert page.expected_distance(logs) == pytest.approx(2.75)
    assert page.expected_distance(np.zeros(11)) == pytest.approx(5)
    # Neither a shift nor large numbers change it.
    assert page.expected_distance(logs + 1000) == pytest.approx(2.75)
    assert page.expected_distance(np.zeros((2, 4, 11))).shape == (2, 4)


@pytest.mark.parametrize(
    ("place", "center", "stride"), [(0, 4, 8), (52**2, 8, 16), (3548, 400, 32)]
)
def test_boxes_go_from_the_center_in_strides(place, center, stride):
    boxes = page.decode_distances(answer_with(place, (1, 2, 3, 4)))
    assert boxes.shape == (3549, 4)
    sides = np.array([-1, -2, 3, 4]) * stride
    np.testing.assert_allclose(boxes[place], center + sides, atol=1e-6)


def test_duplicates_and_faint_boxes_go_and_the_best_come_first():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60], [80, 0, 90, 10]]
    scores = np.array([[0.6, 0], [0.7, 0.2], [0, 0.9], [0.04, 0]])
    kept, found, classes = page.filter_and_suppress(np.array(boxes), scores)
    assert kept.tolist() == [boxes[2], boxes[1], boxes[1]]
    assert found.tolist() == [0.9, 0.7, 0.2]
    assert classes.tolist() == [1, 0, 1]
    kept, *_ = page.filter_and_suppress(np.array(boxes), scores, min_score=0.5, max_boxes=1)
    assert kept.tolist() == [boxes[2]]
    _, found, _ = page.filter_and_suppress(np.array(boxes), scores, iou_threshold=0.95)
    assert found.tolist() == [0.9, 0.7, 0.6, 0.2]


class Silent:
    """A network that answers from one cell: center (200, 200), 32 pixels to each side."""

    def predict(self, inputs, verbose):
        assert inputs.shape == (1, SIZE, SIZE, 3)
        return answer_with(52**2 + 12 * 26 + 12, (2, 2, 2, 2), category=5)[np.newaxis]


def test_boxes_come_in_pixels_of_the_photograph():
    photo = np.zeros((208, 832, 3), "uint8")  # half as high as the input, twice as wide
    boxes, scores, classes = page.find_in_photo(Silent(), photo)
    np.testing.assert_allclose(boxes, [[336, 84, 464, 116]], atol=1e-3)
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-4)))
    assert classes.tolist() == [5]


def test_boxes_are_cut_off_at_the_edge():
    class Edge:
        def predict(self, inputs, verbose):
            return answer_with(0, (3, 3, 1, 1))[np.newaxis]

    boxes, *_ = page.find_in_photo(Edge(), np.zeros((SIZE, SIZE, 3), "uint8"))
    np.testing.assert_allclose(boxes, [[0, 0, 12, 12]], atol=1e-3)


def test_settings_reach_the_choice():
    photo = np.zeros((SIZE, SIZE, 3), "uint8")
    boxes, *_ = page.find_in_photo(Silent(), photo, min_score=0.99)
    assert len(boxes) == 0
