"""What the detector is taught: cells that answer for objects, and the loss, in numbers by hand."""

import keras
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.applications.detection.photos import open_photo
from kerasbook.beyond.detector import decoding
from kerasbook.beyond.detector import tuning as page
from kerasbook.beyond.detector.nanodet import build_nanodet
from kerasbook.detection_losses import quality_focal_loss
from kerasbook.weight_files import assign_weights, read_arrays

FINE, MIDDLE = 52 * 52, 26 * 26


def cell(row, column):
    """Return the number of a cell of the middle map."""
    return FINE + 26 * row + column


def test_a_box_has_nine_cells_of_each_map():
    box = np.array([[200.0, 200.0, 280.0, 280.0]])  # around the center (240, 240)
    (near,) = page.nearest_cells(box)
    fine, middle, coarse = near[:9], near[9:18], near[18:]
    assert fine.max() < FINE <= middle.min() < middle.max() < FINE + MIDDLE <= coarse.min()
    # centers at 232, 248: four cells of the middle map are nearest, all 11.3 pixels away
    assert set(middle[:4]) == {cell(r, c) for r in (14, 15) for c in (14, 15)}


def test_a_box_as_large_as_five_cells_belongs_to_their_map():
    centers, strides = decoding.grid_centers_and_strides()
    chosen = cell(10, 12)
    box = np.concatenate([centers[chosen] - 40, centers[chosen] + 40])[np.newaxis]
    owners = page.atss_assign(box)
    taken = np.flatnonzero(owners == 0)
    assert chosen in taken
    assert set(strides[taken, 0]) == {16}
    assert (owners == -1).sum() == len(centers) - len(taken)


def test_of_two_boxes_a_cell_answers_for_the_one_it_overlaps_more():
    centers, _ = decoding.grid_centers_and_strides()
    middle = centers[cell(10, 12)]
    boxes = np.array([[*(middle - 40), *(middle + 40)], [*(middle - 48), *(middle + 40)]])
    for order in ([0, 1], [1, 0]):
        assert order[page.atss_assign(boxes[order])[cell(10, 12)]] == 0


def test_targets_lead_back_to_the_box():
    box = np.array([[100.0, 120.0, 190.0, 180.0]])
    targets = page.cell_targets(box, np.array([7]))
    centers, strides = decoding.grid_centers_and_strides()
    taken = targets[:, 0] >= 0
    assert set(targets[taken, 0]) == {7}
    edges = targets[taken, 1:] * strides[taken]
    corners = np.hstack([centers[taken] - edges[:, :2], centers[taken] + edges[:, 2:]])
    np.testing.assert_allclose(corners, np.repeat(box, taken.sum(), axis=0), atol=1e-4)
    assert (targets[~taken] == -1).all()


def test_a_photograph_without_objects_has_no_targets():
    assert (page.cell_targets(np.zeros((0, 4)), np.zeros(0, int)) == -1).all()


def test_the_bins_beside_a_distance_share_it():
    bins = np.zeros((1, 11), "float32")
    bins[0, 3], bins[0, 4] = 2.0, 1.0
    log_total = np.log(9 + np.exp(2) + np.exp(1))
    by_hand = 0.8 * (log_total - 2) + 0.2 * (log_total - 1)
    (found,) = page.distribution_focal_loss(bins, np.array([3.2], "float32"))
    assert float(found) == pytest.approx(by_hand, rel=1e-5)


def test_edges_cost_what_they_miss_and_what_their_bins_say():
    bins = np.full((1, 4, 11), -50.0, "float32")
    bins[..., 1] = 0.0  # sure of a distance of 1 on each side
    wanted = np.array([[1.0, 1, 3, 1]], "float32")
    loss, iou = page.edge_loss(bins, wanted)
    assert float(iou[0]) == pytest.approx(0.5, rel=1e-4)
    in_bins = (0 + 0 + 50 + 0) / 4  # three sides are right, the fourth is 50 off
    assert float(loss[0]) == pytest.approx(2 * (1 - 0.5) + in_bins / 4, rel=1e-4)


@pytest.fixture(scope="module")
def trained():
    model = build_nanodet()
    assign_weights(model, read_arrays(SAMPLE / "nanodet" / "weights.npz"))
    return model


def seen(model, name="kitchen"):
    """Return the input of a photograph, and as truth what the network itself is sure of."""
    photo = open_photo(SAMPLE / "nanodet" / "photos" / f"{name}.jpg")
    inputs = decoding.prepare_photo(photo)
    answer = model.predict(inputs, verbose=0)[0]
    scores = 1 / (1 + np.exp(-answer[:, :80]))
    boxes, _, kinds = decoding.filter_and_suppress(
        decoding.decode_distances(answer), scores, min_score=0.4
    )
    return inputs, page.cell_targets(boxes, kinds)[np.newaxis]


def test_what_the_network_says_itself_costs_less_than_anything_else(trained):
    inputs, targets = seen(trained)
    answer = trained(inputs)
    usual = float(page.nanodet_loss(targets, answer))
    wrong_kind = np.where(targets[..., :1] >= 0, (targets[..., :1] + 1) % 80, -1)
    renamed = np.concatenate([wrong_kind, targets[..., 1:]], axis=-1)
    moved = np.concatenate([targets[..., :1], targets[..., 1:] + [0, 0, 2, 2]], axis=-1)
    assert float(page.nanodet_loss(renamed, answer)) > usual + 0.5
    assert float(page.nanodet_loss(moved.astype("float32"), answer)) > usual + 0.2


def test_without_objects_only_scores_count(trained):
    inputs, targets = seen(trained)
    answer = trained(inputs)
    nothing = np.full_like(targets, -1)
    logits = answer[..., :80]
    expected = keras.ops.sum(quality_focal_loss(keras.ops.zeros_like(logits), logits))
    assert float(page.nanodet_loss(nothing, answer)) == pytest.approx(float(expected), rel=1e-5)


def test_a_few_steps_lower_the_loss():
    model = build_nanodet()
    assign_weights(model, read_arrays(SAMPLE / "nanodet" / "weights.npz"))
    inputs, targets = seen(model)
    targets[..., 0] = np.where(targets[..., 0] >= 0, 11, -1)  # all are stop signs from now on
    model.compile(keras.optimizers.SGD(1e-3, momentum=0.9), page.nanodet_loss)
    losses = model.fit(inputs, targets, epochs=8, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
