"""The names of the categories: eighty, each once, in the order of COCO's file."""

import json
import os
from pathlib import Path

import pytest

from bookkit.data.registry import FULL
from kerasbook.beyond.detector.names import COCO_NAMES


def test_there_are_eighty_and_the_ends_are_known():
    assert len(set(COCO_NAMES)) == len(COCO_NAMES) == 80
    assert (COCO_NAMES[0], COCO_NAMES[5], COCO_NAMES[-1]) == ("person", "bus", "toothbrush")


def test_kerashub_numbers_them_by_the_ids_of_coco_which_have_gaps():
    keras_hub = pytest.importorskip("keras_hub", reason="needs keras-hub, of the group pages")
    name_of = keras_hub.utils.coco_id_to_name
    known = [name_of(number).replace("_", " ") for number in range(1, 91)]
    assert tuple(name for name in known if name in COCO_NAMES) == COCO_NAMES
    assert (COCO_NAMES[16], name_of(18)) == ("dog", "dog")


def test_the_presets_on_the_page_have_the_sizes_stated():
    keras_hub = pytest.importorskip("keras_hub", reason="needs keras-hub, of the group pages")
    presets = keras_hub.models.ObjectDetector.presets
    for name, size in {
        "retinanet_resnet50_fpn_coco": 34121239,
        "dfine_nano_coco": 3788625,
        "dfine_xlarge_coco": 62834048,
    }.items():
        assert presets[name]["metadata"]["params"] == size


def test_they_stand_as_in_the_annotations():
    path = Path(os.environ.get("KERASBOOK_DATA", FULL), "coco/annotations/instances_val2017.json")
    if not path.is_file():
        pytest.skip("needs COCO: make data NAME=coco")
    categories = json.loads(path.read_text(encoding="utf-8"))["categories"]
    assert tuple(category["name"] for category in categories) == COCO_NAMES
