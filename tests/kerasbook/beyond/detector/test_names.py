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


def test_they_stand_as_in_the_annotations():
    path = Path(os.environ.get("KERASBOOK_DATA", FULL), "coco/annotations/instances_val2017.json")
    if not path.is_file():
        pytest.skip("needs COCO: make data NAME=coco")
    categories = json.loads(path.read_text(encoding="utf-8"))["categories"]
    assert tuple(category["name"] for category in categories) == COCO_NAMES
