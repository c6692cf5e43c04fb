"""Entities as tags, their scores and their text: by hand, and equal to seqeval's strict mode."""

import warnings

import numpy as np
import pytest
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2, Tokens

from kerasbook.scores import paired_difference
from kerasbook.tagging import (
    count_entities,
    entity_scores,
    entity_spans,
    f1_by_sentence,
    mark_entities,
    tags_from_spans,
)

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def random_tags(count, seed):
    generator = np.random.default_rng(seed)
    for _ in range(count):
        yield [TAGS[k] for k in generator.integers(5, size=generator.integers(1, 9))]


def random_spans(generator, length):
    spans, position = [], 0
    while position < length:
        start = position + int(generator.integers(3))
        end = start + int(generator.integers(1, 4))
        if end <= length:
            spans.append((start, end, str(generator.choice(["a", "b", "c-d"]))))
        position = end
    return spans


def test_spans_by_hand():
    tags = ["B-name", "I-name", "O", "B-name", "B-book", "I-book", "I-book"]
    assert entity_spans(tags) == [(0, 2, "name"), (3, 4, "name"), (4, 7, "book")]
    assert entity_spans([]) == entity_spans(["O"]) == []


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["I-a"], []),
        (["O", "I-a", "I-a"], []),
        (["B-a", "I-b"], [(0, 1, "a")]),
        (["B-a", "I-b", "I-a"], [(0, 1, "a")]),
        (["B-a", "O", "I-a"], [(0, 1, "a")]),
        (["I-a", "B-a", "I-a"], [(1, 3, "a")]),
    ],
)
def test_an_inside_tag_that_continues_nothing_is_no_entity(tags, expected):
    assert entity_spans(tags) == expected


def test_spans_are_those_of_seqeval():
    stray = 0
    for tags in random_tags(500, seed=0):
        expected = [(e.start, e.end, e.tag) for e in Tokens(tags, IOB2).entities]
        assert entity_spans(tags) == expected
        stray += tags_from_spans(expected, len(tags)) != tags
    assert 100 < stray < 450, "both valid and invalid sequences were meant to be tried"


def test_spans_survive_the_way_to_tags_and_back():
    generator = np.random.default_rng(1)
    for length in range(1, 60):
        spans = random_spans(generator, length)
        tags = tags_from_spans(spans, length)
        assert len(tags) == length
        assert entity_spans(tags) == spans


@pytest.mark.parametrize("tag", ["B", "I-", "-a", "X-a", "a", "o", "", "E-a", "B_a"])
def test_an_unknown_tag_is_echoed(tag):
    with pytest.raises(ValueError, match="O, B-type or I-type") as caught:
        entity_spans(["O", tag])
    assert str(caught.value) == (f"Expected tags O, B-type or I-type. Received: tags[1]={tag!r}")


@pytest.mark.parametrize("span", [(-1, 2, "a"), (2, 5, "a"), (3, 3, "a"), (3, 2, "a"), (4, 5, "a")])
def test_a_span_outside_its_sentence_is_echoed(span):
    with pytest.raises(ValueError, match="within 0 and 4") as caught:
        tags_from_spans([span], 4)
    assert str(caught.value).endswith(f"Received: span={span}")


@pytest.mark.parametrize("span", [(1, 3, "b"), (0, 2, "a"), (0, 4, "a")])
def test_spans_that_overlap_are_refused(span):
    with pytest.raises(ValueError, match="do not overlap") as caught:
        tags_from_spans([(1, 2, "a"), span], 4)
    assert str(caught.value) == f"Expected spans that do not overlap. Received: span={span}"


# Scores

MORE_TAGS = [*TAGS, "B-c", "I-c"]


def test_scores_by_hand():
    y_true = [["B-a", "I-a", "O", "B-b"], ["B-a", "O"]]
    y_pred = [["B-a", "I-a", "O", "B-a"], ["O", "B-b"]]
    found = entity_scores(y_true, y_pred)
    assert found["a"] == {"precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2, "support": 2}
    assert found["b"] == {"precision": 0, "recall": 0, "f1": 0, "support": 1}
    assert found["micro"] == {"precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3, "support": 3}
    assert found["macro"] == {"precision": 1 / 4, "recall": 1 / 4, "f1": 1 / 4, "support": 3}


def test_sentences_have_scores_whose_mean_is_f1_by_hand():
    # Correct 1, predicted 1, true 1; then 0, 1, 2: F1 = 2/5; the sizes 2 and 3 have mean 2.5.
    y_true, y_pred = [["B-a"], ["B-a", "B-b"]], [["B-a"], ["O", "B-a"]]
    expected = [0.4 + (2 - 0.8) / 2.5, 0.4 + (0 - 1.2) / 2.5]
    assert f1_by_sentence(y_true, y_pred) == pytest.approx(expected)
    assert f1_by_sentence([["O"]], [["O"]]) == pytest.approx([0])


def test_the_error_of_a_difference_of_f1_is_that_of_resampled_sentences():
    generator = np.random.default_rng(0)
    y_true = list(random_tags(600, 1))
    first, second = (
        [
            tags if generator.random() < share else list(generator.permutation(tags))
            for tags in y_true
        ]
        for share in (0.5, 0.6)
    )
    scores = [f1_by_sentence(y_true, tags) for tags in (first, second)]
    difference, error = paired_difference(*scores)
    micro = [entity_scores(y_true, tags)["micro"]["f1"] for tags in (first, second)]
    assert [each.mean() for each in scores] == pytest.approx(micro)
    assert difference == pytest.approx(micro[0] - micro[1])
    counts = [
        np.array([
            [count.total() for count in count_entities([true], [guess])]
            for true, guess in zip(y_true, tags, strict=True)
        ])
        for tags in (first, second)
    ]  # fmt: skip
    resampled = []
    for _ in range(1000):
        drawn = generator.integers(0, len(y_true), len(y_true))
        sums = [each[drawn].sum(axis=0) for each in counts]
        f1 = [2 * correct / (predicted + true) for correct, predicted, true in sums]
        resampled.append(f1[0] - f1[1])
    assert error == pytest.approx(np.std(resampled), rel=0.1)


def test_entities_are_counted_by_type():
    # Nora Whitfield is found, New York only as New, and a person is made up in the second sentence.
    y_true = [["B-person", "I-person", "O", "B-location", "I-location"], ["O"]]
    y_pred = [["B-person", "I-person", "O", "B-location", "O"], ["B-person"]]
    assert count_entities(y_true, y_pred) == (
        {"person": 1},
        {"person": 2, "location": 1},
        {"person": 1, "location": 1},
    )


def test_the_mean_of_one_type_is_its_own_score():
    found = entity_scores([["B-a", "B-a"]], [["B-a", "O"]])
    assert found["a"] == found["micro"] == found["macro"]
    assert found["a"] == {"precision": 1, "recall": 1 / 2, "f1": 2 / 3, "support": 2}


@pytest.mark.parametrize(
    "predicted", [["B-a", "O"], ["B-b", "I-b"], ["I-a", "I-a"], ["B-a", "B-a"]]
)
def test_an_entity_is_right_only_as_a_whole(predicted):
    assert entity_scores([["B-a", "I-a"]], [predicted])["micro"]["f1"] == 0


def some_tags(generator, lengths, share):
    """Draw tags, valid or not, of which a share is `O`."""
    return [
        [
            "O" if generator.random() < share else MORE_TAGS[k]
            for k in generator.integers(len(MORE_TAGS), size=length)
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
    found = entity_scores(y_true, y_pred)
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
    assert entity_scores([["O"]], [["O"]]) == {"micro": zero, "macro": zero}
    assert entity_scores([], []) == {"micro": zero, "macro": zero}


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="sentences") as caught:
        entity_scores([["O"], ["O"]], [["O"]])
    assert str(caught.value) == (
        "Expected as many sentences in `y_pred` as in `y_true`. Received: 2 and 1"
    )
    with pytest.raises(ValueError, match="sentence 1 with 2 and 1 tags"):
        entity_scores([["O"], ["O", "O"]], [["O"], ["O"]])


@pytest.mark.parametrize(("y_true", "y_pred"), [(["O"], ["O"]), ([["O"]], ["O"]), (["O"], [["O"]])])
def test_a_flat_list_is_refused_as_by_seqeval(y_true, y_pred):
    with pytest.raises(TypeError, match="lists") as caught:
        entity_scores(y_true, y_pred)
    assert str(caught.value) == "Expected lists of lists of tags. Received: a list"


# The text that is drawn


@pytest.mark.parametrize(
    ("true", "predicted", "expected"),
    [
        ("BIOBI", "BIOBI", "[林一]a到[成都]a"),
        ("BIOOO", "BIOBI", "[林一]a到[成都]a?"),
        ("BIOBI", "OOOBI", "{林一}a到[成都]a"),
        ("BIOOO", "BOOOO", "[林]a?一到成都  {林一}a"),
        ("OOOOO", "OOOOO", "林一到成都"),
    ],
)
def test_right_wrong_and_missed_are_marked(true, predicted, expected):
    tags = [["O" if c == "O" else f"{c}-a" for c in text] for text in (true, predicted)]
    assert mark_entities(list("林一到成都"), *tags) == expected


def test_a_wrong_type_shows_both():
    line = mark_entities(["In", "Paris", "!"], ["O", "B-x", "O"], ["O", "B-y", "O"], separator=" ")
    assert line == "In [Paris]y? !  {Paris}x"
