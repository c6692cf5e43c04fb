"""The four tasks: numbers by hand, invariants, Keras and scikit-learn as oracles."""

import keras
import matplotlib
import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.neighbors import NearestCentroid

from kerasbook.applications.scenarios import (
    POSTS,
    SENTENCES,
    average_precision,
    build_post_network,
    draw_counts,
    draw_outlines,
    draw_tags,
    f1_of_class,
    iou,
    match_detections,
    mean_of_both,
    nearest_centroid_image,
    paste_images,
    plot_precision_recall,
    precision_recall,
)
from kerasbook.tagging import entity_scores, tags_from_spans

matplotlib.use("Agg")


@pytest.fixture
def axis():
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots()
    yield axis
    plt.close(figure)


def random_boxes(generator, count):
    corners = np.sort(generator.uniform(0, 100, (count, 2, 2)), axis=1)
    return corners.reshape(count, 4)


# Images and posts


def test_one_dense_layer_reads_the_counts():
    network = build_post_network(30)
    assert network.output_shape == (None, 2)
    assert network.count_params() == 31 * 2
    np.testing.assert_allclose(np.sum(network(np.zeros((1, 30))), axis=-1), 1, atol=1e-6)


def test_nearest_mean_agrees_with_scikit_learn():
    generator = np.random.default_rng(0)
    x_train = generator.integers(0, 256, (120, 4, 4, 3)).astype("uint8")
    y_train = generator.permutation(np.repeat([2, 5, 7], 40))
    x_test = generator.integers(0, 256, (60, 4, 4, 3)).astype("uint8")
    oracle = NearestCentroid().fit(x_train.reshape(120, -1).astype(float), y_train)
    expected = oracle.predict(x_test.reshape(60, -1).astype(float))
    np.testing.assert_array_equal(nearest_centroid_image(x_train, y_train, x_test), expected)


# The scene


def test_the_scene_holds_each_image_where_its_box_is():
    images = np.random.default_rng(1).integers(0, 256, (2, 4, 4, 3)).astype("uint8")
    scene, boxes = paste_images(images, [(1, 2), (10, 9)], [1, 2], side=20)
    assert boxes.tolist() == [[1, 2, 5, 6], [10, 9, 18, 17]]
    np.testing.assert_array_equal(scene[2:6, 1:5], images[0])
    np.testing.assert_array_equal(scene[9:17:2, 10:18:2], images[1])
    assert scene.dtype == np.uint8
    assert scene[0, 0].tolist() == [90] * 3
    assert scene[-1, -1].tolist() == [170] * 3


@pytest.mark.parametrize("corner", [(-1, 0), (0, -1), (17, 0), (0, 17)])
def test_an_image_outside_the_scene_is_named(corner):
    images = np.zeros((1, 4, 4, 3), "uint8")
    with pytest.raises(ValueError, match="inside a scene of 20") as caught:
        paste_images(images, [corner], [1], side=20)
    assert f"corner={corner}, size=(4, 4)" in str(caught.value)


# Boxes


def test_iou_by_hand():
    assert iou((10, 10, 50, 50), (20, 20, 60, 60)) == pytest.approx(900 / 2300)
    assert iou((0, 0, 2, 2), (0, 0, 2, 2)) == 1
    assert iou((0, 0, 2, 2), (2, 0, 4, 2)) == 0
    assert iou((0, 0, 2, 2), (5, 5, 6, 6)) == 0


def test_iou_agrees_with_keras():
    generator = np.random.default_rng(2)
    first, second = random_boxes(generator, 40), random_boxes(generator, 30)
    expected = keras.utils.bounding_boxes.compute_iou(
        first.astype("float32"), second.astype("float32"), "xyxy"
    )
    ours = [[iou(box, other) for other in second] for box in first]
    np.testing.assert_allclose(ours, np.asarray(expected), atol=1e-5)


@pytest.mark.parametrize("box", [(5, 0, 5, 4), (0, 4, 4, 4), (4, 0, 0, 4)])
def test_iou_refuses_a_box_without_area(box):
    for pair in ((box, (0, 0, 1, 1)), ((0, 0, 1, 1), box)):
        with pytest.raises(ValueError, match="left < right") as caught:
            iou(*pair)
        assert f"Received: box={box}" in str(caught.value)


OBJECTS = [(10, 44, 74, 108), (84, 20, 116, 52), (84, 80, 116, 112)]
DETECTIONS = [
    (12, 46, 74, 108),  # 3844 / 4096 = 0.94
    (85, 21, 116, 52),  # 961 / 1024 = 0.94
    (6, 40, 70, 104),  # 3600 / 4592 = 0.78, but the first object is taken
    (88, 84, 116, 116),  # 784 / 1136 = 0.69
    (36, 4, 68, 36),  # nothing there
]


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(0.5, [1, 1, 0, 1, 0]), (0.75, [1, 1, 0, 0, 0]), (0.95, [0, 0, 0, 0, 0])],
)
def test_matches_by_hand(threshold, expected):
    hits = match_detections(DETECTIONS, OBJECTS, iou_threshold=threshold)
    assert [int(hit) for hit in hits] == expected


def test_an_object_is_hit_at_most_once():
    assert match_detections([OBJECTS[0]] * 4, OBJECTS, iou_threshold=0.5) == [True] + [False] * 3
    assert match_detections(DETECTIONS, [], iou_threshold=0.5) == [False] * 5
    assert match_detections([], OBJECTS, iou_threshold=0.5) == []


def test_a_detection_takes_the_object_it_covers_best():
    near, exact = (0, 0, 10, 10), (1, 0, 11, 10)
    hits = match_detections([exact, near], [near, exact], iou_threshold=0.99)
    assert hits == [True, True]


def test_precision_and_recall_by_hand():
    precision, recall = precision_recall([1, 1, 0, 1, 0], 3)
    np.testing.assert_allclose(precision, [1, 1, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(recall, [1 / 3, 2 / 3, 2 / 3, 1, 1])


def test_average_precision_by_hand():
    # recalls 0 to 0.66: 67 points with precision 1; 0.67 to 1: 34 points with 3/4
    assert average_precision([1, 1, 0, 1, 0], 3) == pytest.approx((67 + 34 * 0.75) / 101)
    assert average_precision([1, 1, 0, 0, 0], 3) == pytest.approx(67 / 101)
    assert average_precision([1, 1, 1], 3) == 1
    assert average_precision([0, 0], 3) == average_precision([], 3) == 0


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_by_its_definition(seed):
    generator = np.random.default_rng(seed)
    hits = generator.random(30) < 0.4
    precision, recall = precision_recall(hits, 20)
    points = [
        max((p for p, r in zip(precision, recall, strict=True) if r >= point), default=0)
        for point in np.linspace(0, 1, 101)
    ]
    assert average_precision(hits, 20) == pytest.approx(np.mean(points))


@pytest.mark.parametrize("function", [precision_recall, average_precision])
def test_without_objects_there_is_no_recall(function):
    with pytest.raises(ValueError, match="Received: num_objects=0"):
        function([True], 0)


# Entities


def test_the_trap_of_token_accuracy():
    y_true = [tags_from_spans(spans, len(tokens)) for tokens, spans in SENTENCES]
    nothing = [["O"] * len(tags) for tags in y_true]
    same = [t == p for true, pred in zip(y_true, nothing, strict=True)
            for t, p in zip(true, pred, strict=True)]  # fmt: skip
    assert np.mean(same) == 0.9
    assert entity_scores(y_true, nothing)["micro"]["f1"] == 0
    assert entity_scores(y_true, y_true)["micro"]["f1"] == 1


# Data and drawings


def test_posts_are_balanced_and_their_order_is_lost_in_counts():
    assert sorted(label for _, label in POSTS) == ["hockey", "hockey", "space", "space"]


def test_boxes_are_drawn_on_the_edges_of_pixels(axis):
    draw_outlines(axis, np.zeros((20, 20, 3), "uint8"), [(2, 3, 8, 9)], ["name"])
    x, y = axis.lines[0].get_data()
    assert (min(x), max(x), min(y), max(y)) == (1.5, 7.5, 2.5, 8.5)
    assert axis.texts[0].get_text() == "name"


def test_counts_are_drawn_from_the_top(axis):
    draw_counts(axis, ["the", "moon"], [3, 1])
    assert [bar.get_width() for bar in axis.patches] == [3, 1]
    assert axis.yaxis_inverted()


def test_tags_stay_within_the_width_and_do_not_overlap(axis):
    tokens, spans = SENTENCES[0]
    draw_tags(axis, tokens, tags_from_spans(spans, len(tokens)), width=24)
    assert len(axis.texts) == len(tokens)
    ends = {}
    for text in axis.texts:
        x, line = text.get_position()
        size = max(len(part) for part in text.get_text().split("\n"))
        assert ends.get(line, 0) <= x
        ends[line] = x + size + 1
        assert x == 0 or ends[line] <= 24


def test_the_envelope_never_rises(axis):
    precision, recall = precision_recall([1, 0, 1, 1, 0], 4)
    plot_precision_recall(axis, precision, recall)
    heights = axis.lines[0].get_ydata()
    assert list(heights) == sorted(heights, reverse=True)


# The exercise


@pytest.mark.parametrize("seed", range(20))
def test_f1_of_a_class_is_that_of_scikit_learn(seed):
    y_true, y_pred = np.random.default_rng(seed).integers(3, size=(2, 8)).tolist()
    for label in range(4):
        expected = f1_score(y_true, y_pred, labels=[label], average="macro", zero_division=0)
        assert f1_of_class(y_true, y_pred, label) == pytest.approx(expected)


def test_the_plain_mean_is_not_f1():
    assert f1_of_class([1, 0, 0], [1, 1, 1], 1) == 0.5
    assert mean_of_both([1, 0, 0], [1, 1, 1], 1) == pytest.approx((1 / 3 + 1) / 2)
    assert mean_of_both([0], [0], 1) == f1_of_class([0], [0], 1) == 0
