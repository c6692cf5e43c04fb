"""The recipes for the ready detector: what they change, what they draw, what was published."""

import contextlib
import copy
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from bookkit.data import resolve
from kerasbook.applications.detection.average_precision import evaluate_detections
from recipes import ready_detector as recipes

IMAGES, CATEGORIES = 6, 3


@pytest.fixture(scope="module")
def scene():
    """Return random objects in a few images, and detections near some of them."""
    generator = np.random.default_rng(0)
    truth = {
        "images": [{"id": 10 + number} for number in range(IMAGES)],
        "categories": [{"id": 1 + number} for number in range(CATEGORIES)],
        "annotations": [],
    }
    found = []
    for number in range(30):
        place = {
            "image_id": 10 + int(generator.integers(IMAGES)),
            "category_id": 1 + int(generator.integers(CATEGORIES)),
        }
        box = generator.uniform([0, 0, 20, 20], [60, 60, 80, 80])
        note = {"bbox": box.tolist(), "area": float(box[2] * box[3])}
        truth["annotations"].append(place | note | {"id": number + 1, "iscrowd": number % 9 == 0})
        for _ in range(2):
            moved = box + generator.normal(0, 4, 4)
            found.append(place | {"bbox": moved.tolist(), "score": float(generator.uniform())})
    return truth, found


def drawn_by_hand(truth, found, times):
    """Write each image as often as it was drawn, under a new id, and score that."""
    images, notes, detections = [], [], []
    for record, number in zip(truth["images"], times, strict=True):
        for _ in range(number):
            image = {"id": 100 + len(images)}
            images.append(image)
            for source, target in ((truth["annotations"], notes), (found, detections)):
                target += [
                    one | {"image_id": image["id"]}
                    for one in source
                    if one["image_id"] == record["id"]
                ]
    notes = [note | {"id": number + 1} for number, note in enumerate(notes)]
    return evaluate_detections(truth | {"images": images, "annotations": notes}, detections)["AP"]


@pytest.mark.parametrize("times", [[1] * 6, [2, 0, 1, 1, 0, 2], [0, 0, 3, 0, 0, 0]])
def test_a_draw_scores_as_if_its_images_were_all_there_are(scene, times):
    columns = recipes._columns(*scene)
    found = recipes._drawn_precision(columns, np.array(times))
    assert found == pytest.approx(drawn_by_hand(*scene, times), abs=1e-9)
    assert 0.05 < found < 0.95


def test_draws_are_seeded_and_as_large_as_asked():
    first, again = (list(recipes._draws(7, 7, 5, True, 3)) for _ in range(2))
    assert np.array_equal(first, again)
    assert {int(times.sum()) for times in first} == {7}
    assert max(times.max() for times in first) > 1
    assert {int(times.max()) for times in recipes._draws(9, 4, 5, False, 0)} == {1}


@pytest.mark.parametrize(
    ("shape", "corner"), [((2, 6), (0, 2)), ((6, 2), (2, 0)), ((4, 4), (0, 0))]
)
def test_bars_stand_on_both_sides(shape, corner):
    square, place = recipes._square(np.full((*shape, 3), 7, "uint8"))
    assert square.shape == (max(shape), max(shape), 3)
    assert place == corner
    rows = square[place[1] : place[1] + shape[0], place[0] : place[0] + shape[1]]
    assert rows.min() == 7
    assert square.sum() == 7 * 3 * shape[0] * shape[1]


def test_padding_after_is_what_same_means():
    import keras

    from kerasbook.beyond.detector.nanodet import convolve_padded

    inputs = keras.Input((8, 8, 1))
    x = convolve_padded(convolve_padded(inputs, 1, 0, stride=2), 1, 1)
    model = keras.Model(inputs, x)
    found = recipes._pad_after(model)
    expected = keras.Sequential(
        [
            inputs,
            keras.layers.Conv2D(1, 3, 2, padding="same"),
            keras.layers.LeakyReLU(0.1),
            keras.layers.Conv2D(1, 3, padding="same"),
            keras.layers.LeakyReLU(0.1),
        ]
    )
    expected.set_weights(model.get_weights())
    image = np.random.default_rng(0).normal(size=(1, 8, 8, 1)).astype("float32")
    np.testing.assert_allclose(found(image), expected(image), atol=1e-6)
    assert not np.allclose(found(image), model(image), atol=1e-3)


def test_what_was_published_reaches_what_the_page_says(published):
    usual = published("ready-detector", "as-here")
    assert usual["images"] == 50
    assert usual["AP"] >= 0.29
    assert usual["AP_low"] < 0.229 < usual["AP"] < usual["AP_high"]
    assert usual["AP_drawn"] > usual["AP"]
    training = published("ready-detector", "training-images")
    assert training["AP_of_subsets"] > training["AP"] + 0.02
    lost = {
        name: published("ready-detector", name)
        for name in recipes._CHANGES
        if name not in ("as-here", "training-images")
    }
    assert all(
        lost[name]["AP_lost"] == pytest.approx(usual["AP"] - lost[name]["AP"]) for name in lost
    )
    certain = {name for name in lost if lost[name]["AP_lost_low"] > 0}
    assert certain == {"padding-same", "pixels-0-to-255", "pixels-0-to-1", "cell-corners"}
    assert all(lost[name]["AP_lost_high"] > lost[name]["AP_lost"] for name in lost)


def test_an_interval_is_turned_around_its_value():
    draws = np.linspace(0.30, 0.40, 101)  # 95% of them from 0.3025 to 0.3975
    assert recipes._turned(draws, 0.3) == pytest.approx((0.2025, 0.2975))


def test_on_real_photographs_ap_is_that_of_pycocotools(monkeypatch):
    view = resolve("full")
    if "coco" not in view.datasets:
        pytest.skip("needs COCO: make data NAME=coco")
    monkeypatch.setenv("KERASBOOK_DATA", str(view.folder))
    truth, found = recipes.detect("val2017", recipes.ready_model(), **recipes.CONVENTIONS)
    ours = evaluate_detections(truth, found)
    with contextlib.redirect_stdout(io.StringIO()):
        known = COCO()
        known.dataset = copy.deepcopy(truth)
        known.createIndex()
        job = COCOeval(known, known.loadRes(copy.deepcopy(found)), "bbox")
        job.evaluate()
        job.accumulate()
        job.summarize()
    assert list(ours.values()) == pytest.approx(job.stats.tolist(), abs=1e-9)
    assert ours["AP"] == pytest.approx(0.2988, abs=1e-3)
