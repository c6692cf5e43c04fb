"""COCO's JSON: what is read, what is refused and how an error names it, and the drawing."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure

from kerasbook.applications.detection import coco as page


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def small():
    """Return a ground truth with two images, two categories and three annotations."""
    return {
        "info": {"year": 2026},
        "images": [
            {"id": 9, "file_name": "a.png", "width": 64, "height": 48},
            {"id": 4, "file_name": "b.png", "width": 32, "height": 32},
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 3, "name": "dog"}],
        "annotations": [
            annotation(17, 9, [10, 20, 30, 28]),
            annotation(5, 9, [0, 0, 64, 48], iscrowd=1),
            annotation(8, 4, [1.5, 2.25, 3, 4.5], category_id=3),
        ],
    }


def annotation(number, image_id, bbox, category_id=1, iscrowd=0):
    return {
        "id": number,
        "image_id": image_id,
        "category_id": category_id,
        "bbox": bbox,
        "area": bbox[2] * bbox[3],
        "iscrowd": iscrowd,
        "segmentation": {"counts": [0, 3072], "size": [48, 64]}
        if iscrowd
        else [[1, 1, 2, 2, 1, 2]],
    }


def detection(**changes):
    return {"image_id": 9, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5} | changes


def put(content, name="true.json"):
    """Write a file of text, bytes, or what JSON can hold."""
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    data = content if isinstance(content, bytes) else content.encode()
    Path(name).write_bytes(data)
    return name


def fault(content, **settings):
    """Return the text of the one error that reading gives."""
    with pytest.raises(page.CocoError) as caught:
        page.read_coco(put(content), **settings)
    return str(caught.value)


# What is read


def test_a_good_file_is_read_as_it_stands():
    assert page.read_coco(put(small())) == small()
    assert page.read_coco(Path(put(small()))) == small()
    assert page.read_coco(put("\ufeff" + json.dumps(small()))) == small(), "with a byte order mark"
    assert page.read_coco(put({"images": [], "categories": [], "annotations": []}))["images"] == []


@pytest.mark.parametrize("size", [[1.03, 0.0], [0, 5], [0, 0]])
def test_a_box_without_width_or_height_is_read(size):
    # As annotations 918 and 2206849 of instances_train2017.json.
    content = small()
    content["annotations"][0]["bbox"] = [29.65, 38.33, *size]
    content["annotations"][0]["area"] = 0.0
    assert page.read_coco(put(content)) == content


@pytest.mark.parametrize("bbox", [[-1, -1, 66, 50], [0, 0, 64.01, 48], [63, 47, 2, 2]])
def test_a_box_may_reach_one_pixel_out_of_its_image(bbox):
    content = small()
    content["annotations"][0]["bbox"] = bbox
    assert page.read_coco(put(content)) == content


def test_segmentation_may_be_anything_or_missing():
    content = small()
    del content["annotations"][0]["segmentation"]
    content["annotations"][1]["segmentation"] = "whatever"
    assert page.read_coco(put(content)) == content


@pytest.mark.parametrize(("name", "count"), [("train2017", 1409), ("val2017", 382)])
def test_real_files_are_read_and_their_boxes_stay_inside(name, count, whole_data, monkeypatch):
    folder = whole_data("coco")
    path = folder / "annotations" / f"instances_{name}.json"
    whole = page.read_coco(path, image_folder=folder / name)
    assert len(whole["annotations"]) == count
    assert {record["iscrowd"] for record in whole["annotations"]} == {0, 1}
    monkeypatch.setattr(page, "TOLERANCE", 0.0)
    page.check_coco(whole)


# The file as a whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "true.json, line 1, column 1: broken JSON, Expecting value"),
        (
            '{"images": [],\n "annotations": [1, 2',
            "true.json, line 2, column 22: broken JSON, Expecting ',' delimiter",
        ),
        (b'{"a":\n "\xff"}', "true.json, line 2: expected UTF-8. Received: byte 0xff"),
        (
            b'\xef\xbb\xbf{"a":\n\n "\xe9"}',
            "true.json, line 3: expected UTF-8. Received: byte 0xe9",
        ),
        ("[]", "true.json: expected an object with a list 'images'. Received: none"),
        ("7", "true.json: expected an object with a list 'images'. Received: none"),
        (
            {"images": [], "categories": {}, "annotations": []},
            "true.json: expected an object with a list 'categories'. Received: none",
        ),
        (
            {"images": [], "categories": []},
            "true.json: expected an object with a list 'annotations'. Received: none",
        ),
    ],
)
def test_a_bad_file_is_named(content, message):
    assert fault(content) == message


@pytest.mark.parametrize("content", ["[" * 100_000, "1" * 5_000])
def test_pythons_own_limits_end_in_the_same_error(content):
    assert fault(content).startswith("true.json: broken JSON, ")


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"nowhere\.json"):
        page.read_coco("nowhere.json")


# Records


@pytest.mark.parametrize("kind", ["images", "categories", "annotations"])
def test_every_required_key_is_missed(kind):
    for key in page.REQUIRED[kind]:
        content = small()
        record = content[kind][1]
        place = f"{kind}[1]" if key == "id" else f"{kind}[1] (id {record['id']})"
        del record[key]
        keys = list(record)
        expected = f"true.json, {place}: expected the keys ['{key}'] too. Received: {keys}"
        assert fault(content) == expected


@pytest.mark.parametrize("kind", ["images", "categories", "annotations"])
def test_ids_are_whole_and_unique_and_records_objects(kind):
    content = small()
    number = content[kind][0]["id"]
    content[kind][1]["id"] = number
    place = f"true.json, {kind}[1] (id {number})"
    assert fault(content) == f"{place}: expected an id of its own. Received: id={number}"
    for bad in ("1", None, 1.5, [1]):
        content[kind][1]["id"] = bad
        place = f"true.json, {kind}[1] (id {bad!r})"
        assert fault(content) == f"{place}: expected a whole number. Received: id={bad!r}"
    content[kind][1] = [1, 2]
    assert fault(content) == f"true.json, {kind}[1]: expected an object. Received: [1, 2]"


BOX = "expected bbox=[x, y, width, height], all finite, neither size below 0. Received: bbox="
INSIDE = "expected a box inside its image of 64 x 48 pixels. Received: bbox="


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image_id": 5}, "no image has this id. Received: image_id=5"),
        ({"image_id": "9"}, "no image has this id. Received: image_id='9'"),
        ({"image_id": [9]}, "no image has this id. Received: image_id=[9]"),
        ({"category_id": 2}, "no category has this id. Received: category_id=2"),
        ({"category_id": None}, "no category has this id. Received: category_id=None"),
        ({"bbox": [1, 2, -3, 4]}, f"{BOX}[1, 2, -3, 4]"),
        ({"bbox": [1, 2, 3, -0.5]}, f"{BOX}[1, 2, 3, -0.5]"),
        ({"bbox": [1, 2, 3]}, f"{BOX}[1, 2, 3]"),
        ({"bbox": [1, 2, 3, 4, 5]}, f"{BOX}[1, 2, 3, 4, 5]"),
        ({"bbox": [1, 2, 3, "4"]}, f"{BOX}[1, 2, 3, '4']"),
        ({"bbox": [1, 2, 3, None]}, f"{BOX}[1, 2, 3, None]"),
        ({"bbox": "1234"}, f"{BOX}'1234'"),
        ({"bbox": None}, f"{BOX}None"),
        ({"bbox": [1, float("nan"), 3, 4]}, f"{BOX}[1, nan, 3, 4]"),
        ({"bbox": [1, 2, float("inf"), 4]}, f"{BOX}[1, 2, inf, 4]"),
        ({"bbox": [1, 2, 10**400, 4]}, f"{BOX}[1, 2, {10**400}, 4]"),
        ({"bbox": [-2, 0, 5, 5]}, f"{INSIDE}[-2, 0, 5, 5]"),
        ({"bbox": [0, -1.5, 5, 5]}, f"{INSIDE}[0, -1.5, 5, 5]"),
        ({"bbox": [60, 0, 5.5, 5]}, f"{INSIDE}[60, 0, 5.5, 5]"),
        ({"bbox": [0, 40, 5, 9.5]}, f"{INSIDE}[0, 40, 5, 9.5]"),
        ({"area": -1}, "expected a finite number, 0 or more. Received: area=-1"),
        ({"area": "12"}, "expected a finite number, 0 or more. Received: area='12'"),
        ({"area": None}, "expected a finite number, 0 or more. Received: area=None"),
        ({"iscrowd": 2}, "expected iscrowd of 0 or 1. Received: iscrowd=2"),
        ({"iscrowd": "0"}, "expected iscrowd of 0 or 1. Received: iscrowd='0'"),
    ],
)
def test_a_bad_annotation_is_named(changes, message):
    content = small()
    content["annotations"][1] |= changes
    assert fault(content) == f"true.json, annotations[1] (id 5): {message}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 0}, "expected a finite number, 1 or more. Received: width=0"),
        ({"height": "48"}, "expected a finite number, 1 or more. Received: height='48'"),
        ({"width": None}, "expected a finite number, 1 or more. Received: width=None"),
        ({"file_name": 7}, "expected a text. Received: file_name=7"),
    ],
)
def test_a_bad_image_is_named(changes, message):
    content = small()
    content["images"][0] |= changes
    assert fault(content) == f"true.json, images[0] (id 9): {message}"


def test_image_files_have_to_be_there_when_a_folder_is_given():
    Path("pictures").mkdir()
    for name in ("a.png", "b.png"):
        Path("pictures", name).touch()
    assert page.read_coco(put(small()), image_folder="pictures") == small()
    Path("pictures", "b.png").unlink()
    message = f"image file not there. Received: {str(Path('pictures', 'b.png'))!r}"
    assert fault(small(), image_folder="pictures") == f"true.json, images[1] (id 4): {message}"
    assert "images[0] (id 9): image file not there" in fault(small(), image_folder="elsewhere")
    assert page.read_coco(put(small())) == small(), "no folder, no look"


def test_a_dictionary_is_checked_without_a_file_to_name():
    page.check_coco(small())
    content = small()
    content["annotations"][2]["image_id"] = 77
    with pytest.raises(page.CocoError) as caught:
        page.check_coco(content)
    message = "annotations[2] (id 8): no image has this id. Received: image_id=77"
    assert str(caught.value) == message
    with pytest.raises(page.CocoError, match=r"^expected an object with a list 'images'"):
        page.check_coco("true.json")


def test_an_evaluation_needs_no_sizes_of_images():
    content = small()
    content["images"] = [{"id": 9}, {"id": 4}]
    content["annotations"][0]["bbox"] = [500, 500, 10, 10]
    before = copy.deepcopy(content)
    page.check_annotations(content)
    assert content == before


# Detections


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"score": 1},
        {"score": -3.5},
        {"bbox": (1, 2, 0, 0)},
        {"bbox": [-50, -50, 900, 900]},  # may leave the image: a detector's business
        {"bbox": np.array([1, 2, 3, 4], np.float32), "score": np.float32(0.5)},
        {"image_id": np.int64(4), "category_id": 1.0},
        {"segmentation": []},
    ],
)
def test_good_detections_pass(good):
    page.check_detections([detection(**good)], small())
    page.check_detections([], small())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image_id": 1}, "no image has this id. Received: image_id=1"),
        ({"image_id": float("nan")}, "no image has this id. Received: image_id=nan"),
        ({"category_id": 2}, "no category has this id. Received: category_id=2"),
        ({"bbox": [1, 2, -3, 4]}, f"{BOX}[1, 2, -3, 4]"),
        ({"bbox": []}, f"{BOX}[]"),
        ({"score": float("nan")}, "expected a finite number. Received: score=nan"),
        ({"score": "0.5"}, "expected a finite number. Received: score='0.5'"),
        ({"score": None}, "expected a finite number. Received: score=None"),
    ],
)
def test_a_bad_detection_is_named(changes, message):
    found = [detection(), detection(**changes)]
    with pytest.raises(page.CocoError) as caught:
        page.check_detections(found, small(), source="found.json")
    assert str(caught.value) == f"found.json, detections[1]: {message}"


def test_detections_are_a_list_of_objects_with_all_keys():
    for bad, kind in (({"a": 1}, "dict"), (None, "NoneType"), ("[]", "str")):
        with pytest.raises(page.CocoError) as caught:
            page.check_detections(bad, small())
        assert str(caught.value) == f"expected a list. Received: {kind}"
    for key in page.REQUIRED["detections"]:
        record = detection()
        del record[key]
        with pytest.raises(page.CocoError, match=rf"^detections\[0\]: .*\['{key}'\] too"):
            page.check_detections([record], small())
    with pytest.raises(page.CocoError, match=r"^detections\[0\]: expected an object"):
        page.check_detections([[9, 1, 2, 3, 4]], small())


# Drawing

BOXES = np.array([[4, 12, 20, 30], [10, 1, 30, 20], [2, 25, 9, 31]])


def drawn(boxes, texts, colors):
    axis = Figure().subplots()
    page.show_image(axis, np.zeros((32, 40, 3)))
    page.draw_boxes(axis, boxes, texts, colors)
    return axis


def test_image_and_frames_lie_on_the_same_pixels():
    image = np.random.default_rng(0).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    axis = Figure().subplots()
    page.show_image(axis, image)
    [shown] = axis.images
    np.testing.assert_array_equal(shown.get_array(), image)
    assert tuple(shown.get_extent()) == (0, 40, 32, 0)
    assert (axis.get_xlim(), axis.get_ylim()) == ((0, 40), (32, 0))
    assert not axis.axison
    page.draw_boxes(axis, BOXES, ["cat", "dog", "cat"], ["C0", "C1", "C0"])
    for line, (left, top, right, bottom) in zip(axis.lines, BOXES, strict=True):
        corners = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
        assert line.get_xydata().tolist() == corners


def test_texts_are_legible_and_framed_in_the_color_of_their_box():
    colors = ["red", "green", "blue"]
    axis = drawn(BOXES, ["cat", "dog", "cat"], colors)
    assert [text.get_text() for text in axis.texts] == ["cat", "dog", "cat"]
    assert [line.get_color() for line in axis.lines] == colors
    for text, color in zip(axis.texts, colors, strict=True):
        label = text.get_bbox_patch()
        assert same_color(label.get_edgecolor(), color)
        assert same_color(text.get_color(), "black"), "legible on white, whatever the frame"
        assert same_color(label.get_facecolor(), "white")


def test_a_name_stands_above_its_box_or_inside_where_no_room_is():
    axis = drawn(BOXES, ["a", "b", "c"], ["C0"] * 3)
    assert [text.get_va() for text in axis.texts] == ["bottom", "top", "bottom"]
    assert [text.get_position() for text in axis.texts] == [(4, 12), (10, 1), (2, 25)]


def test_a_second_layer_keeps_the_first_and_its_limits():
    axis = drawn(BOXES, ["a", "b", "c"], ["C0"] * 3)
    page.draw_boxes(axis, [[-5, -5, 90, 90]], ["d"], ["white"], linestyle="--")
    assert (axis.get_xlim(), axis.get_ylim()) == ((0, 40), (32, 0))
    last = axis.lines[-1]
    assert (last.get_color(), last.get_linestyle()) == ("white", "--")
    assert all(text.get_clip_on() for text in axis.texts)


def test_there_may_be_no_boxes_and_no_text():
    assert drawn([], [], []).lines[:] == []
    assert drawn(BOXES, [""] * 3, ["C0"] * 3).texts[:] == []


@pytest.mark.parametrize(("texts", "colors"), [(["a"], ["C0"] * 3), (["a"] * 3, ["C0"])])
def test_lists_of_unequal_length_are_refused(texts, colors):
    with pytest.raises(ValueError, match="argument"):
        drawn(BOXES, texts, colors)
