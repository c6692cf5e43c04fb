"""Pictures of the detection recipes: only what may be printed, and each with its source."""

import json

import numpy as np
import pytest
from PIL import Image

from bookkit.reference.recipes import object_detection as recipes

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
