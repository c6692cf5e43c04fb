"""Scenes: what is pasted where, and what the annotations say of it."""

import numpy as np
import pytest
from pycocotools.coco import COCO

from kerasbook.applications.detection import scenes

COLORS = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)], np.uint8)
CROPS = np.broadcast_to(COLORS[:, None, None], (4, 32, 32, 3))
NAMES = ("red", "green", "blue", "yellow")


def compose(**options):
    settings = {"count": 40, "seed": 0} | options
    return scenes.compose_scenes(CROPS, np.arange(4), NAMES, **settings)


@pytest.mark.parametrize("size", [20, 32, 48, 7])
def test_resizing_is_bilinear_as_opencv_and_keras_do_it(size):
    import keras

    image = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    expected = keras.ops.image.resize(
        image, (size, size), interpolation="bilinear", antialias=False
    )
    np.testing.assert_allclose(scenes.resize_square(image, size), expected, atol=2e-3)


def test_resizing_by_hand():
    row = np.repeat(np.array([0.0, 8.0])[:, None], 3, axis=1)
    image = np.stack([row, row])  # (2, 2, 3), left 0 and right 8
    resized = scenes.resize_square(image, 4)
    np.testing.assert_allclose(resized[..., 0], [[0, 2, 6, 8]] * 4)


@pytest.mark.parametrize("seed", range(20))
def test_backgrounds_vary_and_stay_about_in_range(seed):
    background = scenes.draw_background(np.random.default_rng(seed), 96)
    assert background.shape == (96, 96, 3)
    assert background.std() > 5
    assert -120 < background.min() < background.max() < 375


def test_a_square_finds_no_place_where_it_would_hide_too_much():
    owners = np.ones((30, 30), int)
    generator = np.random.default_rng(0)
    assert scenes.place_square(generator, owners, [900], 20, 0.6) is None  # hides 400 of 900
    top, left = scenes.place_square(generator, owners, [900], 18, 0.6)  # hides 324 of 900
    assert 0 <= top <= 12
    assert 0 <= left <= 12


def test_places_reach_every_corner():
    generator = np.random.default_rng(0)
    empty = np.zeros((23, 23), int)
    places = {scenes.place_square(generator, empty, [], 20, 1) for _ in range(300)}
    assert places == {(top, left) for top in range(4) for left in range(4)}


def test_a_box_surrounds_what_is_visible():
    owners = np.zeros((10, 10), int)
    owners[2:6, 1:7] = 1
    owners[2:6, 5:9] = 2  # hides two whole columns of the first
    owners[5:8, 1:3] = 3  # and this a corner
    assert scenes.visible_box(owners, 1) == ([1, 2, 4, 4], 14)
    assert scenes.visible_box(owners, 2) == ([5, 2, 4, 4], 16)
    assert scenes.visible_box(owners, 3) == ([1, 5, 2, 3], 6)


def test_annotations_say_what_the_pixels_show():
    images, ground_truth = compose(count=60, min_visible=0.5, max_crops=4)
    hidden = 0
    for annotation in ground_truth["annotations"]:
        image = images[annotation["image_id"] - 1]
        left, top, width, height = map(int, annotation["bbox"])
        inside = image[top : top + height, left : left + width]
        color = COLORS[annotation["category_id"] - 1]
        visible = int(np.all(inside == color, axis=-1).sum())
        assert visible >= annotation["area"]  # another of the color may overlap
        assert 0.25 * 24**2 <= annotation["area"] <= width * height
        hidden += annotation["area"] < width * height
    assert hidden > 20  # overlaps do occur


def test_no_crop_is_hidden_more_than_was_allowed():
    generator = np.random.default_rng(1)
    least, most = 1.0, 0
    for _ in range(100):
        _, chosen, owners = scenes.compose_scene(
            generator, CROPS, size=64, crop_sizes=(30, 30), max_crops=3, min_visible=0.7
        )
        visible = np.bincount(owners.ravel())[1:] / 30**2
        least, most = min(least, visible.min()), max(most, len(chosen))
        assert len(visible) == len(chosen) >= 1
    assert 0.7 <= least < 0.8
    assert most == 3


def test_sizes_and_numbers_of_crops_cover_their_range():
    _, ground_truth = compose(count=300, min_visible=1.0)
    sides = {annotation["bbox"][2] for annotation in ground_truth["annotations"]}
    assert sides == set(range(24, 49))
    counts = np.bincount([a["image_id"] for a in ground_truth["annotations"]])[1:]
    assert set(counts) == {1, 2, 3}


def test_the_seed_decides():
    first, again, other = compose(), compose(), compose(seed=1)
    np.testing.assert_array_equal(first[0], again[0])
    assert first[1] == again[1]
    assert not np.array_equal(first[0], other[0])


def test_the_ground_truth_is_what_pycocotools_reads(capsys):
    images, ground_truth = compose()
    coco = COCO()
    coco.dataset = ground_truth
    coco.createIndex()
    assert len(coco.getImgIds()) == len(images) == 40
    assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == list(NAMES)
    ids = coco.getAnnIds()
    assert len(ids) == len(set(ids)) == len(ground_truth["annotations"])
    boxes = np.array([a["bbox"] for a in coco.loadAnns(ids)])
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= 96).all()
