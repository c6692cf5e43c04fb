"""The lenient reading of tags: that of seqeval's default mode; the mistake is told apart."""

import numpy as np
import pytest
from seqeval.metrics.sequence_labeling import get_entities

from kerasbook.applications.entities.repair import fix_bio_tags, repair_after_outside
from kerasbook.grading import grade
from kerasbook.tagging import entity_spans, tags_from_spans

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["I-a", "I-a"], ["B-a", "I-a"]),
        (["O", "I-a", "O"], ["O", "B-a", "O"]),
        (["B-a", "I-b", "I-b", "I-a"], ["B-a", "B-b", "I-b", "B-a"]),
        (["B-a", "I-a"], ["B-a", "I-a"]),
        ([], []),
    ],
)
def test_a_stray_tag_begins_an_entity(tags, expected):
    assert fix_bio_tags(tags) == expected


def test_repaired_tags_are_read_as_seqeval_reads_by_default():
    generator = np.random.default_rng(0)
    for _ in range(300):
        tags = [TAGS[k] for k in generator.integers(5, size=generator.integers(1, 9))]
        repaired = fix_bio_tags(tags)
        found = [(start, end - 1, kind) for start, end, kind in entity_spans(repaired)]
        assert found == [(start, end, kind) for kind, start, end in get_entities(tags)]
        assert tags_from_spans(entity_spans(repaired), len(tags)) == repaired


def test_the_grader_sees_the_mistake():
    cases = [((["B-a", "I-b"],), ["B-a", "B-b"]), ((["O", "I-a"],), ["O", "B-a"])]
    assert repair_after_outside(["O", "I-a"]) == ["O", "B-a"]
    assert grade(fix_bio_tags, cases) == "Right in all 2 cases."
    assert grade(repair_after_outside, cases).startswith("Wrong for (['B-a', 'I-b'])")
