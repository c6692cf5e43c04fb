"""Average precision: by hand, and equal to pycocotools on random cases of every kind."""

import contextlib
import copy
import io
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from kerasbook.applications.detection import average_precision as page
from kerasbook.applications.detection.coco import CocoError
from kerasbook.applications.detection.scenes import compose_scenes
from kerasbook.boxes import pairwise_iou

BOOK = Path(__file__).parents[4] / "book"

NAMES = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]


def by_pycocotools(ground_truth, detections):
    """Return the same twelve numbers, computed by pycocotools on copies."""
    ground_truth, detections = copy.deepcopy((ground_truth, detections))
    with contextlib.redirect_stdout(io.StringIO()):
        true, found = COCO(), COCO()
        true.dataset = ground_truth
        true.createIndex()
        if detections:
            found = true.loadRes(detections)
        else:  # loadRes refuses an empty list
            found.dataset = {**ground_truth, "annotations": []}
            found.createIndex()
        evaluation = COCOeval(true, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(NAMES, evaluation.stats.tolist(), strict=True))


def scene(images=(1,), categories=(1,)):
    """Return a ground truth without annotations."""
    return {
        "images": [{"id": number} for number in images],
        "categories": [{"id": number} for number in categories],
        "annotations": [],
    }


def annotate(ground_truth, bbox, image_id=1, category_id=1, iscrowd=0, area=None):
    """Add an annotation, with the area of its box unless another is given."""
    ground_truth["annotations"].append(
        {
            "id": len(ground_truth["annotations"]) + 1,
            "image_id": image_id,
            "category_id": category_id,
            "bbox": bbox,
            "area": bbox[2] * bbox[3] if area is None else area,
            "iscrowd": iscrowd,
        }
    )


def detect(bbox, score, image_id=1, category_id=1):
    return {"image_id": image_id, "category_id": category_id, "bbox": bbox, "score": score}


def assert_same(ground_truth, detections):
    """Evaluate, and hold the result against pycocotools."""
    found = page.evaluate_detections(ground_truth, detections)
    expected = by_pycocotools(ground_truth, detections)
    assert list(found) == NAMES
    assert {type(value) for value in found.values()} == {float}
    assert found == pytest.approx(expected, abs=1e-9)
    return found


# By hand


def test_one_box_found_exactly():
    ground_truth = scene()
    annotate(ground_truth, [10, 10, 50, 50])
    found = assert_same(ground_truth, [detect([10, 10, 50, 50], 0.9)])
    assert found == {name: -1 if name in ("APs", "APl", "ARs", "ARl") else 1 for name in NAMES}


def test_overlap_of_two_thirds_passes_four_of_ten_thresholds():
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 60, 60])
    found = assert_same(ground_truth, [detect([0, 0, 60, 40], 0.9)])
    assert found["AP"] == pytest.approx(0.4)  # 0.50, 0.55, 0.60, 0.65
    assert (found["AP50"], found["AP75"]) == (1, 0)


def test_precision_is_interpolated_as_by_hand():
    # Right, wrong, right: precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3; the third is not found.
    curve = page.interpolated_precision(np.array([True, False, True]), 3)
    assert curve.tolist() == [1] * 34 + [2 / 3] * 33 + [0] * 34


def test_five_detections_as_the_page_does_them_by_hand():
    hits = np.array([True, True, False, True, False])
    curve = page.interpolated_precision(hits, 4)
    assert curve.tolist() == [1] * 51 + [0.75] * 25 + [0] * 25
    assert curve.mean() == pytest.approx((51 + 25 * 0.75) / 101)


def test_precision_of_nothing_is_zero():
    assert page.interpolated_precision(np.zeros(0, bool), 2).tolist() == [0] * 101


def test_a_second_box_on_the_same_object_is_wrong():
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 50, 50])
    annotate(ground_truth, [200, 0, 50, 50])
    twice = [detect([0, 0, 50, 50], 0.9), detect([0, 0, 50, 49], 0.8)]
    found = assert_same(ground_truth, [*twice, detect([200, 0, 50, 50], 0.7)])
    assert found["AP50"] == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert found["AR1"] == 0.5
    assert found["AR10"] == 1


def test_the_better_score_takes_the_object_and_not_the_better_overlap():
    iou = np.array([[0.6], [0.9]])
    hit, skipped = page.match_as_coco(iou, np.array([False]), np.zeros((1, 4), bool))
    assert hit[:, 0].sum(axis=1).tolist() == [3, 6]  # 0.50 to 0.60, then 0.65 to 0.90
    assert not skipped.any()


def test_the_later_of_two_equal_overlaps_is_taken():
    ignored = np.zeros((2, 4), bool)
    ignored[1, 1] = True
    hit, skipped = page.match_as_coco(np.array([[0.7, 0.7]]), np.zeros(2, bool), ignored)
    assert hit[0, :, 0].tolist() == [True] * 4, "the one that counts, though the other is later"
    assert not skipped.any()
    second = page.match_as_coco(np.array([[0.7, 0.7], [0, 0.7]]), np.zeros(2, bool), ignored)
    assert second[0][1, :, 0].tolist() == [False] * 4
    assert second[1][1, :, 0].tolist() == [False, True, False, False]


def test_what_is_ignored_in_one_size_is_matched_there_alone():
    ignored = np.array([[False, True, False, False]])
    hit, skipped = page.match_as_coco(np.array([[0.72]]), np.zeros(1, bool), ignored)
    assert hit.dtype == skipped.dtype == bool
    assert hit[0].sum(axis=1).tolist() == [5, 0, 5, 5]  # 0.50 to 0.70
    assert skipped[0].sum(axis=1).tolist() == [0, 5, 0, 0]


def test_an_object_stays_taken_when_another_one_is():
    iou = np.array([[0.9, 0], [0, 0.9], [0.9, 0]])
    hit, _ = page.match_as_coco(iou, np.zeros(2, bool), np.zeros((2, 4), bool))
    assert hit[:, 0, 0].tolist() == [True, True, False]


def test_each_pair_of_category_and_image_is_a_group():
    ground_truth = scene(images=(8, 5), categories=(3, 1, 2))
    pairs = list(itertools.product((1, 2, 3), (5, 8)))
    records = [
        detect([0, 0, 1, 1], 0.5, image_id=image, category_id=category)
        for category, image in reversed(pairs)
    ]
    columns = page.as_columns(records, ground_truth)
    assert columns["group"].tolist() == [5, 4, 3, 2, 1, 0]
    assert columns["category"].tolist() == [2, 2, 1, 1, 0, 0]


def test_small_unsigned_numbers_do_not_overflow():
    ground_truth = scene()
    annotate(ground_truth, np.array([0, 0, 200, 200], np.uint8), area=40_000)
    wrong = detect(np.array([0, 0, 9, 9], np.uint8), np.uint8(0))
    right = detect(np.array([0, 0, 200, 200], np.uint8), np.uint8(2))
    found = page.evaluate_detections(ground_truth, [wrong, right])
    assert found["AP"] == found["APl"] == 1


def test_long_lists_keep_their_order_within_a_group():
    # a sort that is not stable shows only with many
    ground_truth = scene(images=range(200))
    for number in range(200):
        annotate(ground_truth, [0, 0, 10 + number, 10], image_id=number % 2)
    areas = page.annotation_columns(ground_truth)["area"]
    assert areas.tolist() == [*range(100, 2100, 20), *range(110, 2110, 20)]
    found = {
        "score": np.tile([0.5, 0.25], 100),
        "rank": np.zeros(200, int),
        "hit": np.tile((np.arange(200) < 100)[:, None, None], (4, 10)),
        "skipped": np.zeros((200, 4, 10), bool),
    }
    precision, recall = page.category_curves(found, np.zeros((100, 4), bool))
    assert precision[0, 0, :51].tolist() == [1] * 51  # the 50 right ones of the better score first
    assert precision[0, 0, 100] == pytest.approx(100 / 150)
    assert recall[0, 0].tolist() == [1, 1, 1]


def test_annotations_keep_the_order_of_the_file():
    # The first detection overlaps both by 50 / 70 and takes the later one, which may be the one
    # that the second detection needs: it overlaps the right one by 40 / 80, the left by 20 / 100.
    left, right = [0, 0, 60, 60], [20, 0, 60, 60]
    detections = [detect([10, 0, 60, 60], 0.9), detect([40, 0, 60, 60], 0.8)]
    for boxes, expected in (((left, right), 51 / 101), ((right, left), 1)):
        ground_truth = scene()
        for box in boxes:
            annotate(ground_truth, box)
        assert assert_same(ground_truth, detections)["AP50"] == pytest.approx(expected)


def test_overlap_of_exactly_a_threshold_falls_on_the_side_of_pycocotools():
    generator = np.random.default_rng(0)
    ground_truth, detections = scene(images=range(600)), []
    for image in range(600):
        left, top, width, height = generator.integers(1, 3000, 4) / 100
        share = [0.5, 0.6, 0.75, 0.8, 0.9][image % 5]
        annotate(ground_truth, [left, top, width, height], image)
        detections.append(detect([left, top, width, round(height * share, 4)], 0.5, image))
    found = assert_same(ground_truth, detections)
    assert 0.3 < found["AR100"] < 0.7


def test_a_crowd_swallows_any_number_of_detections():
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 60, 60])
    annotate(ground_truth, [100, 0, 200, 200], iscrowd=1)
    inside = [detect([100 + 9 * n, 9 * n, 40, 40], 0.99 - n / 100) for n in range(12)]
    right = detect([0, 0, 60, 60], 0.1)
    assert assert_same(ground_truth, [*inside, right])["AP"] == 1
    beside = [detect([400, 0, 40, 40], 0.9)]
    assert assert_same(ground_truth, [*beside, right])["AP"] == 0.5


def test_sizes_include_both_ends_and_go_by_the_outlined_area():
    for area, names in (
        (32**2, ("APs", "APm")),
        (32**2 + 1, ("APm",)),
        (96**2, ("APm", "APl")),
        (0, ("APs",)),
    ):
        ground_truth = scene()
        annotate(ground_truth, [0, 0, 200, 200], area=area)
        found = assert_same(ground_truth, [detect([0, 0, 200, 200], 0.5)])
        assert {name for name in ("APs", "APm", "APl") if found[name] == 1} == set(names)


def test_at_most_a_hundred_detections_count_in_an_image():
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 50, 50])
    wrong = [detect([300, 300, 50, 50], 0.9)] * 99
    right = detect([0, 0, 50, 50], 0.5)
    assert assert_same(ground_truth, [*wrong, right])["AR100"] == 1
    assert assert_same(ground_truth, [*wrong, *wrong[:1], right])["AR100"] == 0


def test_the_limit_is_one_of_an_image_and_a_category():
    ground_truth = scene(images=(1, 2), categories=(1, 2))
    for image, category in itertools.product((1, 2), (1, 2)):
        annotate(ground_truth, [0, 0, 50, 50], image, category)
    wrong = [detect([300, 300, 50, 50], 0.9)] * 100
    right = [detect([0, 0, 50, 50], 0.5, 1, 2), detect([0, 0, 50, 50], 0.5, 2, 1)]
    found = assert_same(ground_truth, [*wrong, *right])
    assert found["AR100"] == 0.5


def test_nothing_found_is_zero_and_nothing_to_find_is_minus_one():
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 50, 50])
    found = assert_same(ground_truth, [])
    assert found == {name: -1 if name in ("APs", "APl", "ARs", "ARl") else 0 for name in NAMES}
    for detections in ([], [detect([0, 0, 5, 5], 0.5)]):
        assert set(assert_same(scene(), detections).values()) == {-1}
    assert set(page.evaluate_detections(scene((), ()), []).values()) == {-1}


def test_a_category_without_annotations_does_not_count():
    ground_truth = scene(categories=(1, 2))
    annotate(ground_truth, [0, 0, 50, 50])
    right = detect([0, 0, 50, 50], 0.5)
    assert assert_same(ground_truth, [right, detect([0, 0, 50, 50], 0.9, 1, 2)])["AP"] == 1


def test_equal_scores_count_in_the_order_of_image_ids_and_then_of_the_list():
    ground_truth = scene(images=(7, 3))
    annotate(ground_truth, [0, 0, 50, 50], image_id=3)
    right, wrong = detect([0, 0, 50, 50], 0.5, 3), detect([0, 0, 50, 50], 0.5, 7)
    assert assert_same(ground_truth, [wrong, right])["AP"] == 1
    ground_truth = scene(images=(7, 3))
    annotate(ground_truth, [0, 0, 50, 50], image_id=7)
    assert (
        assert_same(ground_truth, [right | {"image_id": 7}, wrong | {"image_id": 3}])["AP"] == 0.5
    )


# pycocotools as oracle


def random_box(generator, extent, step):
    """Return an `xywh` box on a grid, so that ties of IoU happen; some have no size."""
    numbers = generator.uniform(0, extent, 4)
    return [round(float(np.round(number / step) * step), 2) for number in numbers]


def random_case(seed):
    """Return a small ground truth with crowds and gaps, and detections, many near the truth."""
    generator = np.random.default_rng(seed)
    images = generator.permutation(50)[: generator.integers(1, 8)].tolist()
    categories = (generator.permutation(20)[: generator.integers(1, 5)] + 1).tolist()
    extent, step = generator.choice([40, 120, 400]), generator.choice([1, 0.5, 0.1, 0.01])
    ground_truth, detections = scene(images, categories), []
    for _ in range(generator.integers(0, 30)):
        box = random_box(generator, extent, step)
        annotate(
            ground_truth,
            box,
            int(generator.choice(images)),
            int(generator.choice(categories)),
            iscrowd=int(generator.random() < 0.15),
            area=box[2] * box[3] * float(generator.choice([1, 0.6])),
        )
    for _ in range(generator.choice([0, 3, 30, 100, 400])):
        box = random_box(generator, extent, step)
        image, category = generator.choice(images), generator.choice(categories)
        if ground_truth["annotations"] and generator.random() < 0.8:
            near = ground_truth["annotations"][generator.integers(len(ground_truth["annotations"]))]
            move = generator.normal(size=4) * generator.choice([0, 0, 1, step, extent / 20])
            box = [round(float(max(0, n + m)), 2) for n, m in zip(near["bbox"], move, strict=True)]
            image = near["image_id"]
            category = near["category_id"] if generator.random() < 0.9 else category
        score = round(float(generator.random()), int(generator.choice([1, 3])))
        detections.append(detect(box, score, int(image), int(category)))
    return ground_truth, detections


@pytest.mark.sampled("0", "4", "8")
@pytest.mark.parametrize("part", range(10))
def test_random_cases_equal_pycocotools(part):
    for seed in range(40 * part, 40 * part + 40):
        assert_same(*random_case(seed))


def test_the_random_cases_hold_every_kind():
    cases = [random_case(seed) for seed in range(400)]
    groups = [
        {(record["image_id"], record["category_id"]) for record in detections}
        for _, detections in cases
    ]
    assert any(
        len(found) > 100 * len(pairs) for (_, found), pairs in zip(cases, groups, strict=True)
    )
    assert any(not detections for _, detections in cases)
    assert any(not ground_truth["annotations"] for ground_truth, _ in cases)
    assert any(a["iscrowd"] for ground_truth, _ in cases for a in ground_truth["annotations"])
    assert any(0 in a["bbox"][2:] for ground_truth, _ in cases for a in ground_truth["annotations"])
    scores = [[d["score"] for d in detections] for _, detections in cases]
    assert any(len(set(values)) < len(values) for values in scores)
    results = [page.evaluate_detections(*case)["AP"] for case in cases]
    assert -1 in results
    assert 0 in results
    assert np.mean([0.02 < result < 0.98 for result in results]) > 0.5


# Invariants


def test_neither_input_is_changed():
    ground_truth, detections = random_case(2)
    before = copy.deepcopy((ground_truth, detections))
    page.evaluate_detections(ground_truth, detections)
    assert (ground_truth, detections) == before


def test_only_the_order_of_scores_matters():
    ground_truth, detections = random_case(12)
    raised = [d | {"score": d["score"] ** 3 - 5} for d in detections]
    found = page.evaluate_detections(ground_truth, detections)
    assert 0 < found["AP"] < 1
    assert page.evaluate_detections(ground_truth, raised) == found


def test_the_order_of_the_lists_does_not_matter_without_ties():
    ground_truth, detections = random_case(12)
    generator = np.random.default_rng(0)
    scores = generator.permutation(len(detections)) / len(detections)
    detections = [d | {"score": float(s)} for d, s in zip(detections, scores, strict=True)]
    found = page.evaluate_detections(ground_truth, detections)
    mixed = {name: list(generator.permutation(records)) for name, records in ground_truth.items()}
    again = page.evaluate_detections(mixed, list(generator.permutation(detections)))
    assert again == pytest.approx(found, abs=1e-12)


def test_numpy_numbers_and_floats_as_ids_give_the_same():
    ground_truth, detections = random_case(12)
    by_numpy = [
        {
            "image_id": float(d["image_id"]),
            "category_id": np.int64(d["category_id"]),
            "bbox": np.array(d["bbox"]),
            "score": np.float64(d["score"]),
        }
        for d in detections
    ]
    expected = page.evaluate_detections(ground_truth, detections)
    assert page.evaluate_detections(ground_truth, by_numpy) == expected


def test_an_annotation_with_id_zero_counts_too():
    # In pycocotools id 0 means "no match": there the same detection is wrong.
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 50, 50])
    ground_truth["annotations"][0]["id"] = 0
    right = [detect([0, 0, 50, 50], 0.5)]
    assert page.evaluate_detections(ground_truth, right)["AP"] == 1
    assert by_pycocotools(ground_truth, right)["AP"] == 0


def test_overlap_is_that_of_the_boxes_module():
    ground_truth, detections = random_case(12)
    true = page.annotation_columns(ground_truth)
    found = page.detection_columns(detections, ground_truth)
    hit, skipped = page.match_groups(found, true)
    for number in np.flatnonzero((hit | skipped)[:, 0, 0]):
        same = true["group"] == found["group"][number]
        overlap = pairwise_iou(
            found["corners"][[number]], true["corners"][same], true["crowd"][same]
        )
        assert overlap.max() >= 0.5 - 1e-9


# The lines of the page that call pycocotools, which the page shows and does not run


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_of_the_page_give_the_same_numbers(language, tmp_path, monkeypatch):
    text = (BOOK / language / "applications" / "coco.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    crops = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 3)).astype("uint8")
    _, truth = compose_scenes(crops, np.arange(10), [str(k) for k in range(10)], count=12, seed=0)
    keys = ("image_id", "category_id", "bbox")
    exact = [{key: each[key] for key in keys} | {"score": 0.9} for each in truth["annotations"]]
    monkeypatch.chdir(tmp_path)
    Path("digits.json").write_text(json.dumps(truth), encoding="utf-8")
    Path("found.json").write_text(json.dumps(exact), encoding="utf-8")
    found = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(lines, found)
    expected = list(page.evaluate_detections(truth, exact).values())
    assert found["job"].stats.tolist() == pytest.approx(expected, abs=1e-9)


# Bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_id": 5}, "no image has this id. Received: image_id=5"),
        ({"category_id": "1"}, "no category has this id. Received: category_id='1'"),
        ({"score": float("nan")}, "expected a finite number. Received: score=nan"),
    ],
)
def test_a_bad_detection_is_named(change, message):
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 50, 50])
    good = detect([0, 0, 50, 50], 0.5)
    with pytest.raises(CocoError) as caught:
        page.evaluate_detections(ground_truth, [good, good | change])
    assert str(caught.value) == f"detections[1]: {message}"


def test_a_bad_annotation_is_named():
    ground_truth = scene()
    annotate(ground_truth, [0, 0, 50, 50])
    del ground_truth["annotations"][0]["area"]
    with pytest.raises(
        CocoError, match=r"^annotations\[0\] \(id 1\): expected the keys \['area'\]"
    ):
        page.evaluate_detections(ground_truth, [])
