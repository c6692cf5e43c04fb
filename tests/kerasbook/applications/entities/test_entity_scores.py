"""Entity scores by hand, and equal to seqeval's strict mode."""

import warnings

import numpy as np
import pytest
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from kerasbook.applications.entities import scores

TAGS = ["O", "B-a", "I-a", "B-b", "I-b", "B-c", "I-c"]


def test_by_hand():
    y_true = [["B-a", "I-a", "O", "B-b"], ["B-a", "O"]]
    y_pred = [["B-a", "I-a", "O", "B-a"], ["O", "B-b"]]
    found = scores.entity_scores(y_true, y_pred)
    assert found["a"] == {"precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2, "support": 2}
    assert found["b"] == {"precision": 0, "recall": 0, "f1": 0, "support": 1}
    assert found["micro"] == {"precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3, "support": 3}
    assert found["macro"] == {"precision": 1 / 4, "recall": 1 / 4, "f1": 1 / 4, "support": 3}


@pytest.mark.parametrize(
    "predicted", [["B-a", "O"], ["B-b", "I-b"], ["I-a", "I-a"], ["B-a", "B-a"]]
)
def test_an_entity_is_right_only_as_a_whole(predicted):
    assert scores.entity_scores([["B-a", "I-a"]], [predicted])["micro"]["f1"] == 0


def some_tags(generator, lengths, share):
    """Draw tags, valid or not, of which a share is `O`."""
    return [
        [
            "O" if generator.random() < share else TAGS[k]
            for k in generator.integers(len(TAGS), size=length)
        ]
        for length in lengths
    ]


@pytest.mark.parametrize("seed", range(60))
def test_scores_are_those_of_seqeval(seed):
    generator = np.random.default_rng(seed)
    lengths = generator.integers(1, 12, size=generator.integers(1, 12))
    y_true = some_tags(generator, lengths, share=0.3)
    noise = some_tags(generator, lengths, share=0.3)
    y_pred = [
        [a if generator.random() < 0.7 else b for a, b in zip(true, other, strict=True)]
        for true, other in zip(y_true, noise, strict=True)
    ]
    found = scores.entity_scores(y_true, y_pred)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of ratios of nothing to nothing
        expected = classification_report(
            y_true, y_pred, mode="strict", scheme=IOB2, output_dict=True
        )
    expected.pop("weighted avg")
    renamed = {"micro avg": "micro", "macro avg": "macro"}
    assert {renamed.get(name, name) for name in expected} == set(found)
    for name, row in expected.items():
        ours = found[renamed.get(name, name)]
        for ratio in ("precision", "recall", "f1"):
            theirs = row["f1-score" if ratio == "f1" else ratio]
            # seqeval takes a mean of no types where there is no entity at all.
            theirs = 0.0 if np.isnan(theirs) else theirs
            assert ours[ratio] == pytest.approx(theirs, abs=1e-12)
        assert ours["support"] == row["support"]


def test_nothing_to_find_and_nothing_found_is_zero():
    zero = {"precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert scores.entity_scores([["O"]], [["O"]]) == {"micro": zero, "macro": zero}
    assert scores.entity_scores([], []) == {"micro": zero, "macro": zero}


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="Received: 2 and 1"):
        scores.entity_scores([["O"], ["O"]], [["O"]])
    with pytest.raises(ValueError, match="sentence 1 with 2 and 1 tags"):
        scores.entity_scores([["O"], ["O", "O"]], [["O"], ["O"]])


def test_a_flat_list_is_refused_as_by_seqeval():
    with pytest.raises(TypeError, match="lists of lists"):
        scores.entity_scores(["O"], ["O"])
