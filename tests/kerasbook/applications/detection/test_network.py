"""The detector: shapes, boxes and loss against hand-computed numbers and NumPy."""

import json

import keras
import numpy as np
import pytest

from kerasbook import detection_losses
from kerasbook.applications.detection import network
from kerasbook.networks import convolution_block


def test_locations_are_centers_of_cells_row_by_row():
    expected = [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]
    np.testing.assert_array_equal(network.grid_centers(2, 3, 8), expected)


def test_boxes_are_decoded_as_by_hand():
    outputs = np.array([[[0, 0, 0, 0], [0.5, -1, np.log(2), np.log(3)]]], "float32")
    centers = np.array([[4, 4], [12, 4]], "float32")
    decoded = network.decode_boxes(keras.ops.convert_to_tensor(outputs), centers, 8)
    # second: center (12 + 4, 4 - 8), 16 wide, 24 high
    np.testing.assert_allclose(decoded, [[[0, 0, 8, 8], [8, -16, 24, 8]]], rtol=1e-6)


def test_decoding_agrees_with_keras():
    generator = np.random.default_rng(0)
    outputs = generator.normal(0, 1, (1, 6, 4)).astype("float32")
    centers = network.grid_centers(2, 3, 8)
    anchors = np.concatenate([centers - 4, centers + 4], axis=-1)
    expected = keras.utils.bounding_boxes.decode_deltas_to_boxes(
        anchors=anchors,
        boxes_delta=outputs[..., [1, 0, 3, 2]],  # Keras has y before x
        anchor_format="xyxy",
        box_format="xyxy",
    )
    decoded = network.decode_boxes(keras.ops.convert_to_tensor(outputs), centers, 8)
    np.testing.assert_allclose(decoded, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("size", "filters", "stride", "count"),
    [
        (96, (16, 32, 64, 128), 8, 144),
        (96, (16, 32, 64, 128), 16, 36),
        (64, (8, 8, 8), 4, 256),
        (64, (8, 8, 8), 8, 64),
    ],
)
def test_the_output_has_a_row_for_every_location(size, filters, stride, count):
    model = network.build_detector(3, size=size, filters=filters, stride=stride, width=16)
    assert model.output_shape == (None, count, 7)


def test_the_detector_counts_its_parameters_as_by_hand():
    model = network.build_detector(2, filters=(4, 8), stride=2, width=5, size=8)
    by_hand = (
        (27 * 4 + 4 * 4) + (36 * 8 + 4 * 8)  # blocks
        + (8 * 5 + 5) + (4 * 5 + 5)  # the way up
        + 2 * (45 * 5 + 4 * 5)  # head
        + (45 * 2 + 2) + (45 * 4 + 4)
    )  # fmt: skip
    assert model.count_params() == by_hand


def test_the_backbone_is_that_of_image_classification():
    from kerasbook.applications.image_classification import build_improved_network

    def convolutions(model):
        kinds = (keras.layers.Conv2D, keras.layers.BatchNormalization, keras.layers.MaxPooling2D)
        return [
            (type(layer).__name__, tuple(weight.shape for weight in layer.weights))
            for layer in model.layers
            if isinstance(layer, kinds)
        ]

    classifier = convolutions(build_improved_network())
    detector = convolutions(network.build_detector(2, filters=(32, 64, 128), width=16))
    assert detector[: len(classifier)] == classifier


def test_a_block_halves_and_normalizes():
    x = keras.random.normal((2, 8, 6, 3), seed=0)
    for layer in convolution_block(5):
        x = layer(x)
    assert x.shape == (2, 4, 3, 5)


@pytest.mark.parametrize("level", range(4))
def test_the_level_is_that_of_the_stride(level):
    assert network.find_level(96, 4, 2 ** (level + 1)) == level


def test_refining_keeps_the_shape():
    x = keras.random.normal((2, 6, 5, 7), seed=0)
    assert network.conv_tower(x).shape == (2, 6, 5, 7)


@pytest.mark.parametrize("block", [1, 2, 3, 4])
def test_a_cell_sees_as_many_pixels_as_the_page_counts(block):
    import tensorflow as tf

    image = tf.Variable(keras.random.normal((1, 96, 96, 3), seed=0))
    with tf.GradientTape() as tape:
        cell = network.feature_maps(image, (8, 8, 8, 8))[block - 1]
        middle = cell.shape[1] // 2
        total = tf.reduce_sum(cell[0, middle, middle] ** 2)
    reached = np.abs(tape.gradient(total, image)[0]).sum(axis=-1) > 0
    rows = np.flatnonzero(reached.any(axis=1))
    seen = {1: 4, 2: 10, 3: 22, 4: 46}[block]
    # pooling passes on only the largest, so that some pixels at the rim may count for nothing
    assert seen - 2 ** (block + 1) <= rows.max() + 1 - rows.min() <= seen


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 3}, r"Expected `stride` to be that of a block: \[2, 4, 8, 16\]. .*stride=3"),
        ({"stride": 32}, r"Received: stride=32"),
        ({"size": 100}, r"Expected `size` to be a multiple of 16. Received: size=100"),
    ],
)
def test_a_bad_size_or_stride_is_echoed(options, message):
    with pytest.raises(ValueError, match=message):
        network.build_detector(2, **options)


def test_at_first_everything_is_background_to_one_percent():
    model = network.build_detector(2, filters=(8, 8, 8), width=8)
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3))
    logits = model.predict(images, verbose=0)[..., :2]
    assert np.abs(1 / (1 + np.exp(-logits)) - 0.01).mean() < 0.02


def test_a_saved_detector_finds_the_same(tmp_path):
    model = network.build_detector(2, filters=(8, 8, 8), width=8)
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3))
    expected = model.predict(images, verbose=0)
    model.save(tmp_path / "detector.keras")
    reloaded = keras.models.load_model(tmp_path / "detector.keras")
    np.testing.assert_array_equal(reloaded.predict(images, verbose=0), expected)


# The loss


def one_image(logits, box, true_class, true_box):
    """Build y_true and y_pred of two locations; the second is background."""
    y_true = np.zeros((1, 2, 6), "float32")
    y_true[0, 0, true_class] = 1
    y_true[0, 0, 2:] = true_box
    y_pred = np.zeros((1, 2, 6), "float32")
    y_pred[0, :, :2] = logits
    y_pred[0, 0, 2:] = box
    return y_true, y_pred


def test_the_loss_of_one_image_as_by_hand():
    logits = [[1.0, -2.0], [-3.0, 0.5]]
    # boxes share 50 of 150: IoU 1/3; the hull wastes nothing: GIoU 1/3
    y_true, y_pred = one_image(logits, [0, 0, 10, 10], 0, [5, 0, 15, 10])
    p = 1 / (1 + np.exp(-np.array(logits)))
    quality = np.array([[1 / 3, 0], [0, 0]])
    cross = -(quality * np.log(p) + (1 - quality) * np.log(1 - p))
    expected = ((quality - p) ** 2 * cross).sum() + 2 * (1 - 1 / 3)
    np.testing.assert_allclose(network.detection_loss(y_true, y_pred), [expected], rtol=1e-5)


@pytest.mark.parametrize(
    ("score", "left", "expected"), [(0.9, 10, 0.001), (0.9, 20, 0.889), (0.6, 20, 0.8)]
)
def test_the_losses_that_the_page_works_out(score, left, expected):
    y_true = np.array([[[0, 1, 10, 10, 50, 50], [0] * 6]], "float32")
    logit = np.log(score / (1 - score))
    y_pred = np.array([[[-5, logit, left, 10, left + 40, 50], [-5, -5, 0, 0, 9, 9]]], "float32")
    assert float(network.detection_loss(y_true, y_pred)[0]) == pytest.approx(expected, abs=1e-3)


def test_an_image_counts_by_its_locations_and_an_empty_one_by_one():
    y_true, y_pred = one_image([[1.0, -2.0], [-3.0, 0.5]], [0, 0, 9, 9], 1, [5, 0, 15, 10])
    one = float(network.detection_loss(y_true, y_pred)[0])
    twice = [np.concatenate([part, part], axis=1) for part in (y_true, y_pred)]
    np.testing.assert_allclose(network.detection_loss(*twice), [one], rtol=1e-6)
    p = 1 / (1 + np.exp(-y_pred[..., :2]))
    empty = -(p**2 * np.log(1 - p)).sum()
    np.testing.assert_allclose(
        network.detection_loss(np.zeros_like(y_true), y_pred), [empty], rtol=1e-5
    )


def test_a_perfect_answer_costs_nothing():
    y_true, y_pred = one_image([[20.0, -20.0], [-20.0, -20.0]], [5, 5, 9, 9], 0, [5, 5, 9, 9])
    np.testing.assert_allclose(network.detection_loss(y_true, y_pred), [0], atol=1e-5)


def test_the_score_does_not_pull_at_the_box():
    # The quality is a target: only 1 - GIoU may move the box.
    import tensorflow as tf

    y_true, y_pred = one_image([[3.0, -2.0], [-3.0, 0.5]], [0, 0, 9, 9], 0, [5, 0, 15, 10])
    outputs = tf.Variable(y_pred)
    with tf.GradientTape(persistent=True) as tape:
        loss = network.detection_loss(y_true, outputs)
        giou = detection_losses.iou_and_giou(outputs[..., -4:], y_true[..., -4:])[1][0, 0]
        alone = 2 * (1 - giou)
    np.testing.assert_allclose(
        tape.gradient(loss, outputs)[0, 0, 2:], tape.gradient(alone, outputs)[0, 0, 2:], rtol=1e-5
    )


# The other backends

ANSWER = """
import json
import keras, numpy as np
from kerasbook.applications.detection import network, training

keras.utils.set_random_seed(0)
generator = np.random.default_rng(0)
y_true = np.zeros((2, 5, 6), "float32")
y_true[:, :2, 1] = 1
y_true[..., 2:] = [5, 0, 15, 10]
y_pred = generator.normal(0, 3, (2, 5, 6)).astype("float32")
loss = network.detection_loss(y_true, keras.ops.convert_to_tensor(y_pred))
images = generator.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
objects = [(np.array([[4.0, 4, 20, 24]]), np.array([1]))] * 4
batches = training.DetectionBatches(
    images, objects, num_classes=2, stride=8, batch_size=4, seed=0, augmented=False
)
model = network.build_detector(2, size=32, filters=(8, 16, 16), width=16)
history = training.train_detector(model, batches, epochs=30, learning_rate=1e-2)
print(json.dumps({
    "backend": keras.backend.backend(),
    "loss": keras.ops.convert_to_numpy(loss).tolist(),
    "first": history[0], "last": history[-1],
}))
"""


@pytest.mark.weekly
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_loss_and_train(on_backend, backend):
    report = json.loads(on_backend(backend, ANSWER)[-1])
    assert report["backend"] == backend
    y_true = np.zeros((2, 5, 6), "float32")
    y_true[:, :2, 1] = 1
    y_true[..., 2:] = [5, 0, 15, 10]
    y_pred = np.random.default_rng(0).normal(0, 3, (2, 5, 6)).astype("float32")
    np.testing.assert_allclose(report["loss"], network.detection_loss(y_true, y_pred), rtol=1e-5)
    assert report["last"] < 0.3 * report["first"]
