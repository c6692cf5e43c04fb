from datetime import date

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.outlook.review.drawing import (
    plot_backends,
    plot_counts,
    plot_lives,
    plot_map,
    plot_steps,
    plot_survival,
)

RELEASES = [
    {"version": "0.3.0", "built": date(2020, 1, 1), "frameworks": ["theano"]},
    {"version": "1.0.0", "built": date(2021, 1, 1), "frameworks": ["tensorflow", "theano"]},
    {"version": "1.1.0", "built": date(2022, 1, 1), "frameworks": ["tensorflow"]},
]
SHARES = np.array([[1, 0.8, 0.4], [np.nan, 1, 0.9], [np.nan, np.nan, 1]])


@pytest.fixture
def axis():
    return Figure().subplots()


def test_backends_have_a_row_each_the_first_on_top(axis):
    plot_backends(axis, RELEASES, {"mxnet": [date(2020, 6, 1), date(2021, 6, 1)]})
    assert [label.get_text() for label in axis.get_yticklabels()] == [
        "tensorflow", "mxnet", "theano",
    ]  # fmt: skip
    markers = [line for line in axis.lines if line.get_marker() not in ("None", None)]
    assert [list(line.get_ydata()) for line in markers] == [[0, 0], [1, 1], [2, 2]]
    assert [line.get_marker() for line in markers] == ["o", "s", "o"]


def test_counts_have_a_marker_for_each_major(axis):
    plot_counts(axis, RELEASES, [3, 5, 8])
    line, *majors = axis.lines
    assert list(line.get_ydata()) == [3, 5, 8]
    assert [list(each.get_ydata()) for each in majors] == [[3], [5, 8], [], []]


def test_steps_are_what_each_lost_and_moves_have_a_color(axis):
    plot_steps(axis, RELEASES, SHARES)
    assert [round(bar.get_height()) for bar in axis.patches] == [20, 10]
    assert axis.patches[0].get_facecolor() != axis.patches[1].get_facecolor()
    assert [text.get_text() for text in axis.texts] == ["1.0"]


def test_survival_is_over_age(axis):
    plot_survival(axis, RELEASES, SHARES, ["0.3.0", "1.0.0"])
    first, second, half = axis.lines
    assert list(first.get_ydata()) == [100, 80, 40]
    assert list(second.get_xdata()) == pytest.approx([0, 1], abs=0.01)
    assert list(half.get_ydata()) == [50, 50]


def test_the_map_shows_shares_in_percent(axis):
    plot_map(axis, RELEASES, SHARES)
    (image,) = axis.images
    assert image.get_array()[0].tolist() == [100, 80, 40]
    assert axis.get_ylabel() == "names of release"


def test_lives_end_or_reach_today(axis):
    plot_lives(axis, RELEASES, {"a": [0, 1], "b": [1, 2]})
    below, above = axis.lines
    assert [label.get_text() for label in axis.get_yticklabels()] == ["b", "a"]
    assert (below.get_marker(), above.get_marker()) == ("o", "s")
    assert list(above.get_xdata()) == [date(2020, 1, 1), date(2021, 1, 1)]
