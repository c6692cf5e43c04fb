"""Targets, augmentation, batches, decoding: numbers by hand and brute force."""

import keras
import numpy as np
import pytest

from kerasbook.applications.detection import network, training

CENTERS = network.grid_centers(12, 12, 8)


def logits_of(scores):
    return np.log(scores) - np.log1p(-np.asarray(scores))


def ground_truth(annotations, sizes=((96, 96), (96, 96))):
    return {
        "images": [
            {"id": 7 - n, "width": width, "height": height}
            for n, (width, height) in enumerate(sizes)
        ],
        "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": "car"}],
        "annotations": [
            {"image_id": image, "category_id": category, "bbox": box, "iscrowd": crowd}
            for image, category, box, crowd in annotations
        ],
    }


def test_objects_are_collected_in_the_order_of_the_images_without_crowds():
    found = training.objects_by_image(
        ground_truth(
            [
                (6, 3, [1, 2, 3, 4], 0),
                (7, 18, [0, 0, 5, 5], 0),
                (6, 18, [10, 10, 2, 1], 0),
                (6, 18, [0, 0, 90, 90], 1),
            ]
        )
    )
    (first, first_classes), (second, second_classes) = found
    assert first.tolist() == [[0, 0, 5, 5]]
    assert first_classes.tolist() == [0]
    assert second.tolist() == [[1, 2, 4, 6], [10, 10, 12, 11]]
    assert second_classes.tolist() == [1, 0]


def test_an_image_without_objects_has_boxes_of_shape_0_4():
    [(boxes, classes), _] = training.objects_by_image(ground_truth([]))
    assert boxes.shape == (0, 4)
    assert classes.shape == (0,)


# Targets


def assign(boxes, classes, stride=8, centers=CENTERS):
    return training.assign_targets(np.array(boxes, float), np.array(classes), centers, stride, 3)


def test_the_middle_of_a_box_stands_for_it():
    targets = assign([[16, 24, 48, 40]], [2])  # center (32, 32), reach 8 and 4
    place = np.flatnonzero(targets[:, 2])
    assert CENTERS[place].tolist() == [[28, 28], [36, 28], [28, 36], [36, 36]]
    assert (targets[place, -4:] == [16, 24, 48, 40]).all()
    assert targets[:, :3].sum() == 4
    assert not targets[np.setdiff1d(np.arange(144), place)].any()


def test_nine_locations_claim_the_box_of_the_page():
    claims = training.center_sampling_mask(np.array([[30, 26, 70, 66]]), CENTERS, 8)
    assert claims.shape == (144, 1)
    x, y = CENTERS[claims[:, 0]].T
    assert (sorted(set(x)), sorted(set(y))) == ([44, 52, 60], [36, 44, 52])
    assert len(x) == 9


def test_reach_is_limited_in_strides():
    targets = assign([[0, 0, 96, 96]], [0])  # a quarter would reach 24 pixels
    reached = CENTERS[targets[:, 0] == 1]
    assert np.abs(reached - 48).max() == 12
    assert len(reached) == 16


@pytest.mark.parametrize("seed", range(5))
def test_every_object_alone_has_a_location_however_small(seed):
    generator = np.random.default_rng(seed)
    for _ in range(50):
        low = generator.uniform(0, 95, 2)
        box = [*low, *(low + generator.uniform(0.1, 1, 2))]
        targets = assign([box], [1])
        distance = np.abs(CENTERS[targets[:, 1] == 1] - np.array(box).reshape(2, 2).mean(0))
        assert len(distance) >= 1
        assert distance.max() <= 4 + 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_assignment_agrees_with_its_definition(seed):
    generator = np.random.default_rng(seed)
    low = generator.uniform(0, 60, (6, 2))
    boxes = np.concatenate([low, low + generator.uniform(2, 36, (6, 2))], axis=1)
    classes = generator.integers(0, 3, 6)
    targets = assign(boxes, classes)
    for center, row in zip(CENTERS, targets, strict=True):
        claims = []
        for (left, top, right, bottom), kind in zip(boxes, classes, strict=True):
            reach = [min(max(side / 4, 4), 12) for side in (right - left, bottom - top)]
            middle = (left + right) / 2, (top + bottom) / 2
            if all(abs(c - m) <= r for c, m, r in zip(center, middle, reach, strict=True)):
                area = (right - left) * (bottom - top)
                claims.append((area, kind, (left, top, right, bottom)))
        expected = np.zeros(7)
        if claims:
            _, kind, box = min(claims)
            expected[kind], expected[3:] = 1, box
        np.testing.assert_allclose(row, expected, rtol=1e-6)


def test_no_objects_no_targets():
    assert not assign(np.zeros((0, 4)), np.zeros(0, int)).any()


# Augmentation and batches


def test_boxes_are_mirrored_as_by_hand():
    boxes = [[10, 0, 30, 40], [0, 5, 100, 9]]
    assert training.flip_boxes(boxes, 100).tolist() == [[70, 0, 90, 40], [0, 5, 100, 9]]
    assert training.flip_boxes(training.flip_boxes(boxes, 77), 77).tolist() == boxes
    assert training.flip_boxes(np.zeros((0, 4)), 9).shape == (0, 4)


def test_the_usual_mistake_makes_negative_widths():
    left, _, right, _ = training.flip_each_corner([[10, 0, 30, 40]], 100)[0]
    assert (left, right) == (90, 70)


def test_boxes_follow_the_flip():
    image = np.full((40, 60, 3), 100, np.uint8)
    image[10:20, 5:15] = 200
    boxes = np.array([[5.0, 10, 15, 20]])
    flips = set()
    for seed in range(20):
        changed, moved = training.augment(np.random.default_rng(seed), image, boxes)
        bright = np.argwhere(changed[..., 0] > changed[0, 0, 0] + 20)
        (top, left), (bottom, right) = bright.min(0), bright.max(0) + 1
        assert moved.tolist() == [[left, top, right, bottom]]
        flips.add(bool(left == 45))
        assert changed.dtype == np.float32
    assert flips == {True, False}
    assert boxes.tolist() == [[5, 10, 15, 20]]  # what came in is as it was


def batches(count=10, **options):
    images = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones(
        (1, 16, 16, 3), np.uint8
    )
    objects = [(np.array([[0.0, 0, 8, 8]]), np.array([0]))] * count
    settings = {"num_classes": 1, "stride": 8, "batch_size": 4, "seed": 0} | options
    return training.DetectionBatches(images, objects, **settings)


def test_an_epoch_holds_every_image_once_in_a_new_order():
    made = batches(augmented=False)
    assert len(made) == 3
    orders = []
    for _ in range(2):
        parts = [made[n][0] for n in range(3)]
        assert [len(part) for part in parts] == [4, 4, 2]
        orders.append(np.concatenate(parts)[:, 0, 0, 0].tolist())
        made.on_epoch_end()
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(10))
    assert orders[0] != orders[1]


def test_the_seed_decides_order_and_augmentation():
    first, again, other = (batches(seed=seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    assert first[1].shape == (4, 4, 5)


# Decoding


def test_decoding_keeps_what_is_good_and_cuts_it_to_the_image():
    scores = [[0.9, 0.01], [0.6, 0.04], [0.02, 0.7]]
    boxes = [[-3, 2, 20, 30], [-2, 2, 21, 30], [50, 50, 120, 99]]
    output = np.concatenate([logits_of(scores), boxes], axis=1)
    found, score, kind = training.decode_detections(output, size=(96, 80))
    assert found.tolist() == [[0, 2, 20, 30], [50, 50, 96, 80]]  # the second overlapped
    np.testing.assert_allclose(score, [0.9, 0.7])
    assert kind.tolist() == [0, 1]


def test_one_location_may_find_two_categories():
    output = np.concatenate([logits_of([[0.5, 0.8]]), [[0, 0, 9, 9]]], axis=1)
    _, score, kind = training.decode_detections(output, size=(96, 96))
    np.testing.assert_allclose(score, [0.8, 0.5])
    assert kind.tolist() == [1, 0]


def test_limits_of_score_and_number():
    scores = np.linspace(0.1, 0.9, 9)[:, None]
    boxes = [[10 * n, 0, 10 * n + 9, 9] for n in range(9)]
    output = np.concatenate([logits_of(scores), boxes], axis=1)
    _, score, _ = training.decode_detections(output, size=(96, 96), min_score=0.55)
    np.testing.assert_allclose(score, [0.9, 0.8, 0.7, 0.6])
    _, score, _ = training.decode_detections(output, size=(96, 96), max_detections=2)
    np.testing.assert_allclose(score, [0.9, 0.8])
    empty, _, _ = training.decode_detections(output, size=(96, 96), min_score=0.95)
    assert empty.shape == (0, 4)


class Fixed:
    """Stands in for a model that has said its say."""

    def __init__(self, outputs):
        self.outputs = outputs

    def predict(self, images, batch_size, verbose):
        assert len(images) == len(self.outputs)
        return self.outputs


def test_results_are_in_the_pixels_and_ids_of_the_original():
    rows = np.concatenate([logits_of([[0.1, 0.8]]), [[4, 8, 20, 60]]], axis=1)
    quiet = np.concatenate([logits_of([[0.01, 0.01]]), [[0, 0, 9, 9]]], axis=1)
    truth = ground_truth([], sizes=((200, 100), (50, 50)))
    found = training.find_objects(
        Fixed(np.stack([rows, quiet])), np.zeros((2, 96, 96, 3)), truth, [0.5, 1.0]
    )
    assert [(each["image_id"], each["category_id"]) for each in found] == [(7, 3), (7, 18)]
    assert found[0]["bbox"] == [8, 16, 32, 84]  # cut at 50 letterboxed pixels, 100 original ones
    assert found[0]["score"] == pytest.approx(0.8)


# All together


def test_a_small_detector_learns_red_and_green_squares():
    from kerasbook.applications.detection import average_precision, scenes

    colors = np.array([(230, 20, 20), (20, 230, 20)], np.uint8)
    crops = np.broadcast_to(colors[:, None, None], (2, 32, 32, 3))
    settings = {"size": 48, "crop_sizes": (14, 20), "max_crops": 2}
    images, truth = scenes.compose_scenes(
        crops, [0, 1], ("red", "green"), count=256, seed=0, **settings
    )
    test_images, test_truth = scenes.compose_scenes(
        crops, [0, 1], ("red", "green"), count=40, seed=1, **settings
    )
    keras.utils.set_random_seed(0)
    model = network.build_detector(2, size=48, filters=(8, 16, 32), width=32)
    data = training.DetectionBatches(
        images, training.objects_by_image(truth), num_classes=2, stride=8, batch_size=4, seed=0
    )
    history = training.train_detector(model, data, epochs=6, learning_rate=5e-3)
    assert len(history) == 6
    found = training.find_objects(model, test_images, test_truth)
    assert average_precision.evaluate_detections(test_truth, found)["AP50"] > 0.8
