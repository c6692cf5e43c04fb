"""Figures of what a tagger learned, and where it errs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from kerasbook import crf
from kerasbook.applications.entities.drawing import plot_transitions, plot_types
from kerasbook.tagging import entity_scores

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


@pytest.fixture
def axis():
    figure = plt.Figure()
    return figure.subplots()


def test_forbidden_steps_stay_empty_in_the_table_of_transitions(axis):
    allowed, _ = crf.allowed_transitions(TAGS)
    learned = np.arange(25.0).reshape(5, 5) - 3
    image = plot_transitions(axis, learned, TAGS, allowed)
    np.testing.assert_array_equal(np.ma.getmaskarray(image.get_array()), ~allowed)
    assert image.get_clim() == (-np.abs(learned[allowed]).max(), np.abs(learned[allowed]).max())
    assert [label.get_text() for label in axis.get_xticklabels()] == TAGS


def test_each_type_has_a_row_and_each_tagger_a_mark(axis):
    true = [["B-a", "B-b", "I-b"]]
    reports = {"one": entity_scores(true, [["B-a", "O", "O"]]), "two": entity_scores(true, true)}
    plot_types(axis, reports)
    assert [label.get_text() for label in axis.get_yticklabels()] == ["b (1)", "a (1)"]
    assert [line.get_xdata().tolist() for line in axis.get_lines()] == [[0, 1], [1, 1]]


def test_a_type_that_only_one_tagger_invents_has_no_row(axis):
    reports = {
        "one": entity_scores([["B-a"]], [["B-c"]]),
        "two": entity_scores([["B-a"]], [["B-a"]]),
    }
    plot_types(axis, reports)
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a (1)"]
