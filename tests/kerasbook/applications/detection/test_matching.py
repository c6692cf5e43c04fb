"""Hits, duplicates, wrong detections and misses, one of each by hand."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.applications.detection import matching

TRUE = (
    np.array([[0.0, 0, 10, 10], [20, 20, 30, 30], [50, 50, 60, 60]]),
    np.array([0, 0, 1]),
)
FOUND = (
    np.array([[0.0, 0, 10, 9], [0, 1, 10, 10], [20, 20, 30, 30], [40, 0, 50, 9], [50, 50, 60, 61]]),
    np.array([0.9, 0.8, 0.7, 0.6, 0.5]),
    np.array([0, 0, 1, 0, 1]),
)


def none(classes=True):
    return (np.zeros((0, 4)), np.zeros(0, int)) if classes else (np.zeros((0, 4)), np.zeros(0))


def test_each_kind_once():
    outcomes, missed = matching.match_detections_coco(FOUND, TRUE)
    assert outcomes == ["hit", "duplicate", "wrong", "wrong", "hit"]
    assert missed.tolist() == [False, True, False]


def test_the_threshold_counts():
    outcomes, missed = matching.match_detections_coco(FOUND, TRUE, iou_threshold=0.95)
    assert outcomes == ["wrong"] * 5
    assert missed.all()
    half = (np.array([[0.0, 0, 10, 5]]), np.array([0.9]), np.array([0]))
    outcomes, missed = matching.match_detections_coco(half, TRUE)
    assert outcomes == ["hit"], "an overlap of exactly the threshold is enough"
    assert missed.tolist() == [False, True, True]


def test_a_second_detection_takes_the_next_object_that_is_free():
    twins = (np.array([[0.0, 0, 10, 10], [1, 0, 11, 10]]), np.array([0, 0]))
    found = (np.array([[0.0, 0, 10, 10], [0, 0, 10, 10]]), np.array([0.9, 0.8]), np.array([0, 0]))
    outcomes, missed = matching.match_detections_coco(found, twins)
    assert outcomes == ["hit", "hit"]
    assert not missed.any()


def test_nothing_found_and_nothing_there():
    nothing = (np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
    assert matching.match_detections_coco(nothing, TRUE)[0] == []
    assert matching.match_detections_coco(nothing, TRUE)[1].all()
    empty = (np.zeros((0, 4)), np.zeros(0, int))
    assert matching.match_detections_coco(FOUND, empty)[0] == ["wrong"] * 5


def test_true_positives_are_those_of_average_precision():
    from kerasbook.applications.detection import average_precision

    generator = np.random.default_rng(0)
    for _ in range(30):
        low = generator.uniform(0, 40, (8, 2))
        boxes = np.concatenate([low, low + 20], axis=1)
        true = (boxes, np.zeros(8, int))
        shifted = boxes[generator.permutation(8)[:6]] + generator.uniform(-6, 6, (6, 1))
        scores = -np.sort(-generator.uniform(0, 1, 6))
        outcomes, _ = matching.match_detections_coco((shifted, scores, np.zeros(6, int)), true)
        truth = {
            "images": [{"id": 1, "width": 99, "height": 99}],
            "categories": [{"id": 1, "name": "thing"}],
            "annotations": [
                {"id": n + 1, "image_id": 1, "category_id": 1, "area": 400.0, "iscrowd": 0,
                 "bbox": [*box[:2], 20, 20]}
                for n, box in enumerate(boxes.tolist())
            ],
        }  # fmt: skip
        results = [
            {"image_id": 1, "category_id": 1, "bbox": [*box[:2], 20, 20], "score": score}
            for box, score in zip(shifted.tolist(), scores.tolist(), strict=True)
        ]
        # Recall at IoU 0.5, over all ten thresholds known only at one: take one threshold.
        recall = average_precision.evaluate_detections(truth, results)
        assert recall["AR100"] <= outcomes.count("hit") / 8 + 1e-9


def test_a_drawing_shows_and_counts_all_four():
    axis = Figure().add_subplot()
    counts = matching.draw_judged(axis, np.zeros((70, 70, 3), np.uint8), FOUND, TRUE, ("a", "b"))
    assert counts == {"hit": 2, "duplicate": 1, "wrong": 2, "missed": 1}
    assert len(axis.lines) == 6
    drawn = [(line.get_color(), line.get_linestyle()) for line in axis.lines]
    styles = matching.OUTCOMES.items()
    assert drawn == [style for kind, style in styles for _ in range(counts[kind])]
    texts = [text.get_text() for text in axis.texts]
    assert texts == ["a", "a 0.90", "b 0.50"]  # the missed object, then the hits, on top


def test_a_score_that_is_missing_is_noticed():
    boxes, scores, classes = FOUND
    axis = Figure().add_subplot()
    with pytest.raises(ValueError, match="shorter"):
        matching.draw_judged(
            axis, np.zeros((70, 70, 3), np.uint8), (boxes, scores[:4], classes), TRUE, ("a", "b")
        )


def random_images(generator, *, images=12, kinds=3):
    """Return detections and objects of some images, some without either."""
    detected, objects = [], []
    for _ in range(images):
        count = generator.integers(0, 5)
        low = generator.uniform(0, 60, (count, 2))
        boxes = np.concatenate([low, low + generator.uniform(8, 30, (count, 2))], axis=1)
        classes = generator.integers(0, kinds, count)
        near = np.repeat(boxes, 2, axis=0) + generator.normal(0, 2, (2 * count, 4))
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        scores = -np.sort(-generator.uniform(0, 1, 2 * count))
        detected.append((near, scores, generator.permutation(np.repeat(classes, 2))))
        objects.append((boxes, classes))
    objects.append((np.tile([0.0, 0, 9, 9], (kinds, 1)), np.arange(kinds)))  # each kind occurs
    detected.append((np.zeros((0, 4)), np.zeros(0), np.zeros(0, int)))
    return detected, objects


def as_coco(boxes):
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([low, high - low], axis=1).tolist()


def written_for_coco(detected, objects, kinds=3):
    annotations, results = [], []
    for number, ((boxes, scores, classes), (true, true_classes)) in enumerate(
        zip(detected, objects, strict=True), 1
    ):
        annotations += [
            {"image_id": number, "category_id": int(kind) + 1, "bbox": box, "iscrowd": 0,
             "area": box[2] * box[3]}
            for box, kind in zip(as_coco(true), true_classes, strict=True)
        ]  # fmt: skip
        results += [
            {"image_id": number, "category_id": int(kind) + 1, "bbox": box, "score": float(score)}
            for box, score, kind in zip(as_coco(boxes), scores, classes, strict=True)
        ]
    truth = {
        "images": [{"id": n + 1} for n in range(len(objects))],
        "categories": [{"id": n + 1} for n in range(kinds)],
        "annotations": [each | {"id": n + 1} for n, each in enumerate(annotations)],
    }
    return truth, results


@pytest.mark.parametrize("seed", range(10))
def test_the_short_way_to_ap_equals_the_long_one(seed):
    from kerasbook.applications.detection import average_precision

    detected, objects = random_images(np.random.default_rng(seed))
    known = average_precision.evaluate_detections(*written_for_coco(detected, objects))
    at = {
        threshold: matching.category_precisions(detected, objects, 3, threshold).mean()
        for threshold in np.linspace(0.5, 0.95, 10)
    }
    assert at[0.5] == pytest.approx(known["AP50"], abs=1e-12)
    assert np.mean(list(at.values())) == pytest.approx(known["AP"], abs=1e-12)
    assert known["AP50"] > 0.1


def test_all_images_share_one_list_the_best_score_first():
    second = (TRUE[0], np.array([0.95, 0.1, 0.05]), TRUE[1])
    scores, classes, hits = matching.rank_detections([FOUND, second], [TRUE, TRUE])
    assert scores.tolist() == [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.1, 0.05]
    assert classes.tolist() == [0, 0, 0, 1, 0, 1, 0, 1]
    assert hits.tolist() == [True, True, False, False, False, True, True, True]


def test_the_best_score_balances_precision_and_recall():
    scores, hits = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), [True, True, False, True, False]
    # F1 by hand, 2 hits / (boxes + 4): 2/5, 4/6, 4/7, 6/8, 6/9
    assert matching.best_score(scores, hits, 4) == 0.6
    assert matching.most_precise_score(scores, hits, 4) == 0.9
