"""KerasHub's detector: round trip through a preset, what it finds, what it says when offline."""

import numpy as np
import pytest

keras_hub = pytest.importorskip("keras_hub", reason="needs keras-hub, of the group pages")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:keras", "ignore::DeprecationWarning")

import keras  # noqa: E402

from kerasbook.applications.detection.ready import (  # noqa: E402
    build_tiny_detector,
    detect,
    fit_one_image,
    load_detector,
    pad_black,
)

BOXES = np.array([[12, 20, 44, 52], [50, 48, 86, 84]])
COLORS = ((220, 60, 40), (40, 90, 220))


@pytest.fixture(scope="module")
def picture():
    image = np.full((96, 96, 3), 60, "uint8")
    for (left, top, right, bottom), color in zip(BOXES, COLORS, strict=True):
        image[top:bottom, left:right] = color
    return image


@pytest.fixture(scope="module")
def trained(picture):
    keras.utils.set_random_seed(0)
    detector = build_tiny_detector()
    losses = fit_one_image(detector, picture, BOXES, [0, 1], steps=60)
    assert losses[-1] < losses[0] / 100
    return detector


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("preset") / "tiny"
    trained.save_to_preset(str(folder))
    return folder


def overlap(first, second):
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    shared = np.prod(np.maximum(high - low, 0))
    areas = np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2])
    return shared / (areas - shared)


@pytest.mark.weekly
def test_the_size_is_the_one_stated(trained):
    assert trained.count_params() == pytest.approx(2.6e6, rel=0.02)


def test_the_best_box_of_each_class_lies_on_its_object(trained, picture):
    boxes, labels, scores = detect(trained, picture)
    assert list(scores) == sorted(scores, reverse=True)
    for label, target in enumerate(BOXES):
        best = boxes[labels == label][0]
        assert overlap(best, target) > 0.6


def test_a_preset_loads_to_the_same_detections(trained, folder, picture, recwarn):
    loaded = load_detector(folder)
    for ours, theirs in zip(detect(loaded, picture), detect(trained, picture), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not [w for w in recwarn if "optimizer" in str(w.message)]
    assert {"config.json", "task.json", "task.weights.h5"} <= {p.name for p in folder.iterdir()}


class Bright:
    """A detector that finds the box around all pixels above 128, exactly."""

    preprocessor = type("P", (), {"image_converter": type("C", (), {"image_size": (32, 32)})})

    def __init__(self, bounding_box_format):
        self.bounding_box_format = bounding_box_format

    def predict(self, images, verbose):
        assert images.shape == (1, 32, 32, 3)
        rows, columns = np.nonzero(images[0, :, :, 0] > 128)
        top, left, bottom, right = min(rows), min(columns), max(rows) + 1, max(columns) + 1
        box = [left, top, right, bottom]
        if self.bounding_box_format == "yxyx":
            box = [top, left, bottom, right]
        return {
            "boxes": np.array([[box, [0, 0, 0, 0]]], float),
            "labels": np.array([[5, -1]]),
            "confidence": np.array([[0.9, -1]]),
            "num_detections": np.array([1]),
        }


@pytest.mark.parametrize("box_format", ["xyxy", "yxyx"])
@pytest.mark.parametrize("shape", [(32, 32), (32, 64), (128, 64), (16, 8), (96, 33)])
def test_boxes_come_in_pixels_of_the_image_that_was_given(shape, box_format):
    height, width = shape
    image = np.zeros((*shape, 3), "uint8")
    image[height // 4 : height // 2, width // 8 : width // 2] = 255
    boxes, labels, scores = detect(Bright(box_format), image)
    target = [width // 8, height // 4, width // 2, height // 2]
    np.testing.assert_allclose(boxes, [target], atol=max(shape) / 32)  # one pixel of the input
    assert (labels.tolist(), scores.tolist()) == ([5], [0.9])


def test_a_picture_is_padded_with_black_to_the_right_and_below():
    pixels, factor = pad_black(np.full((20, 40, 3), 200, "uint8"), (32, 32))
    assert (pixels.shape, pixels.dtype, factor) == ((1, 32, 32, 3), np.float32, 0.8)
    assert (pixels[0, :16] == 200).all()
    assert not pixels[0, 16:].any()


@pytest.mark.parametrize("preset", ["no_such_preset", "./no/such/folder"])
def test_an_unknown_preset_gets_one_error(preset):
    with pytest.raises(ValueError, match="Expected a folder that holds a preset") as caught:
        load_detector(preset)
    assert f"Received: preset={preset!r} (ValueError)" in str(caught.value)


def test_offline_gets_one_error_without_an_address(monkeypatch):
    def unreachable(*arguments, **settings):
        raise ConnectionError("https://somewhere/else failed to resolve")

    monkeypatch.setattr(keras_hub.models.ObjectDetector, "from_preset", unreachable)
    with pytest.raises(ValueError, match="can be downloaded") as caught:
        load_detector("retinanet_resnet50_fpn_coco")
    assert "somewhere" not in str(caught.value)
    assert str(caught.value).endswith("'retinanet_resnet50_fpn_coco' (ConnectionError)")


def test_the_names_on_the_page_are_names_of_presets():
    known = keras_hub.models.ObjectDetector.presets
    assert {"retinanet_resnet50_fpn_coco", "dfine_nano_coco"} <= set(known)
