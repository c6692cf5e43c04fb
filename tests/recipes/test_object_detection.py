"""The recipes for detection: what they measure, and pictures that may be printed."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from recipes import object_detection as recipes

LICENSES = [
    {"id": number, "name": f"License {number}", "url": f"http:\\/\\/example.org\\/{number}\\/"}
    for number in range(1, 9)
]


@pytest.fixture
def coco(tmp_path, monkeypatch):
    """Write eight images, one per license of COCO, each with one object in the same place."""
    folder = tmp_path / "coco" / "val2017"
    folder.mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    truth = {"images": [], "annotations": [], "licenses": LICENSES}
    truth["categories"] = [{"id": 18, "name": "dog"}]
    for number in range(1, 9):
        Image.fromarray(noise).save(folder / f"{number}.png")
        truth["images"].append(
            {
                "id": number,
                "file_name": f"{number}.png",
                "width": 64,
                "height": 48,
                "license": number,
                "flickr_url": f"http://farm.example/9/{number}00_abc_z.jpg",
            }
        )
        box = {"image_id": number, "category_id": 18, "bbox": [4, 4, 30, 30]}
        truth["annotations"].append(box | {"id": number, "area": 900.0, "iscrowd": 0})
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    return truth


def found(image, left=4, score=0.9):
    return {"image_id": image, "category_id": 18, "bbox": [left, 4, 30, 30], "score": score}


def draw(coco, detections, folder, kinds):
    recipes._draw(folder, "unseen", coco, "val2017", detections, kinds=kinds)
    return json.loads((folder / "attribution.json").read_text(encoding="utf-8"))


def test_pictures_show_what_their_name_says_and_only_free_licenses(coco, tmp_path):
    # Images 1, 2, 3 and 6 would be the better choice, but may not be printed with changes.
    detections = [found(n) for n in (1, 2, 3, 4, 6)] + [found(n, score=0.8) for n in (2, 5)]
    detections += [found(5), found(5, left=5, score=0.7)]
    folder = tmp_path / "out"
    known = draw(coco, detections, folder, ("hits", "misses", "duplicates"))
    assert sorted(known) == ["unseen-duplicates.jpg", "unseen-hits.jpg", "unseen-misses.jpg"]
    images = {name: entry["image_id"] for name, entry in known.items()}
    assert images["unseen-hits.jpg"] == 4
    assert images["unseen-misses.jpg"] in (7, 8)
    assert images["unseen-duplicates.jpg"] == 5
    assert known["unseen-hits.jpg"]["counts"] == {"hit": 1, "duplicate": 0, "wrong": 0, "missed": 0}
    assert known["unseen-duplicates.jpg"]["counts"]["duplicate"] == 2
    for name in known:
        with Image.open(folder / name) as picture:
            assert picture.size == (800, 600)
        assert (folder / name).stat().st_size <= recipes.MAX_BYTES


def test_what_does_not_occur_gets_no_picture(coco, tmp_path):
    known = draw(coco, [], tmp_path / "out", ("hits", "misses", "duplicates"))
    assert list(known) == ["unseen-misses.jpg"]


def test_each_picture_names_its_source_and_license(coco, tmp_path):
    known = draw(coco, [found(4)], tmp_path / "out", ("hits",))
    assert known["unseen-hits.jpg"] == {
        "image_id": 4,
        "flickr_url": "http://farm.example/9/400_abc_z.jpg",
        "photo_page": "https://www.flickr.com/photo.gne?id=400",
        "license": "License 4",
        "license_url": "http://example.org/4/",
        "changes": "resized; boxes and names drawn on the image",
        "counts": {"hit": 1, "duplicate": 0, "wrong": 0, "missed": 0},
    }


def test_faint_detections_are_not_drawn(coco):
    boxes, scores, classes = recipes._found_in(
        coco["images"][3], coco, [found(4, score=0.2), found(4, left=6, score=0.3), found(5)]
    )
    assert boxes.tolist() == [[6, 4, 36, 34]]
    assert scores.tolist() == [0.3]
    assert classes.tolist() == [0]


# Whole recipes, on data of a few images

TINY = {"filters": [4, 8, 8], "stride": 8, "width": 8, "epochs": 1, "batch_size": 4}
TINY |= {"learning_rate": 1e-3}


@pytest.mark.weekly
def test_scenes_have_two_groups_or_ten_categories(published, tmp_path, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(20) % 10
    np.savez(tmp_path / "cifar10.npz", x_train=noise, y_train=labels, x_test=noise, y_test=labels)
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    found = {}
    for recipe in recipes.TASKS["detection-scenes"][1]:
        settings = recipe.parameters | TINY | {"scenes": 4, "test_scenes": 2}
        found[recipe.name] = recipe.run(0, **settings)
        assert set(found[recipe.name]) == set(published("detection-scenes", recipe.name))
        assert 0 <= found[recipe.name]["AP"] <= found[recipe.name]["AP50"] <= 1
    # each category more is one filter of three by three in the last layer, and its bias
    two, ten = (found[name]["parameters"] for name in ("two-groups", "ten-categories"))
    assert ten - two == 8 * (9 * TINY["width"] + 1)


@pytest.fixture
def two_parts(coco, tmp_path):
    """Write the images and their annotations as training and as validation images.

    Image 1 has no object, image 2 one that is too small to be learned by heart.
    """
    coco["annotations"] = coco["annotations"][1:]
    for each in coco["annotations"]:
        each |= {"bbox": [4, 4, 40, 40], "area": 1600.0}
    coco["annotations"][0]["area"] = 400.0
    (tmp_path / "coco" / "annotations").mkdir()
    shutil.copytree(tmp_path / "coco" / "val2017", tmp_path / "coco" / "train2017")
    for part in ("train2017", "val2017"):
        path = tmp_path / "coco" / "annotations" / f"instances_{part}.json"
        path.write_text(json.dumps(coco), encoding="utf-8")


@pytest.mark.sampled("overfit-16-more0-counts0")
@pytest.mark.parametrize(
    ("name", "more", "counts"),
    [
        ("overfit-16", {"images": 3}, {"objects": 3}),
        ("all-train", {}, {"training_images": 8, "test_images": 8}),
    ],
)
def test_coco_is_measured_as_its_results_say(published, two_parts, tmp_path, name, more, counts):
    recipe = next(each for each in recipes.TASKS["detection-coco"][1] if each.name == name)
    settings = recipe.parameters | TINY | {"size": 64} | more
    found = recipe.run(1, **settings, folder=tmp_path / "out")
    assert set(found) == set(published("detection-coco", name))
    assert {key: found[key] for key in counts} == counts
    assert not (tmp_path / "out").exists()  # the first seed alone draws


def test_few_images_are_the_first_with_objects_large_enough(two_parts):
    truth, squares, scales, objects = recipes._coco("train2017", 32, 3)
    assert [record["id"] for record in truth["images"]] == [3, 4, 5]
    assert {each["image_id"] for each in truth["annotations"]} == {3, 4, 5}
    assert squares.shape == (3, 32, 32, 3)
    assert list(scales) == [0.5] * 3  # 64 pixels became 32
    assert [boxes.tolist() for boxes, _ in objects] == [[[2, 2, 22, 22]]] * 3
