from datetime import date

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.outlook.forecasts.drawing import (
    COLORS,
    plot_backtest,
    plot_calibration,
    plot_outlook,
    plot_release_gaps,
    plot_sampling_intervals,
    plot_score_distributions,
)


@pytest.fixture
def axis():
    return Figure().subplots()


def test_gaps_are_bars_and_the_last_is_open(axis):
    plot_release_gaps(axis, ["1.1", "1.2", "1.3"], [5, 7], 9)
    assert [bar.get_height() for bar in axis.patches] == [5, 7, 9]
    assert [bool(bar.get_hatch()) for bar in axis.patches] == [False, False, True]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["1.1", "1.2", "1.3"]


def test_the_backtest_has_a_line_for_each_rule_and_marks_the_hits(axis):
    months = [date(2020, month, 1) for month in (1, 2, 3)]
    rules = {"a": np.array([0.1, 0.2, 0.3]), "b": np.array([0.5] * 3)}
    plot_backtest(axis, months, rules, np.array([0, 1, 0]))
    a, b, marks = axis.lines
    assert a.get_ydata().tolist() == [0.1, 0.2, 0.3]
    assert a.get_linestyle() != b.get_linestyle()
    assert list(marks.get_xdata()) == [months[1]]


def test_shares_by_hand(axis):
    stated = np.array([0.1, 0.1, 0.6, 0.8])
    plot_calibration(axis, stated, np.array([0, 1, 1, 1]), [0, 0.5, 1.01])
    dots = [line.get_xydata()[0].tolist() for line in axis.lines[1:]]
    assert dots == [[0.1, 0.5], [pytest.approx(0.7), 1]]
    assert [text.get_text() for text in axis.texts] == ["2", "2"]


def test_an_empty_group_is_left_out(axis):
    plot_calibration(axis, np.array([0.9]), np.array([1]), [0, 0.5, 1.01])
    assert len(axis.lines) == 2  # the diagonal and one dot


def test_more_forecasts_have_narrower_bands(axis):
    plot_sampling_intervals(axis, (5, 100), [0.5])
    few, many = (lines.get_segments()[0] for lines in axis.collections)
    assert np.ptp(few[:, 1]) > 2 * np.ptp(many[:, 1])


def test_scores_are_counted_and_means_drawn(axis):
    plot_score_distributions(axis, {"one": np.array([0.1, 0.2]), "other": np.array([0.3, 0.3])})
    means = [line.get_xdata()[0] for line in axis.lines]
    assert means == [pytest.approx(0.15), pytest.approx(0.3)]


def test_forecasts_stand_at_their_date_with_their_number(axis):
    known = {"topic": "x", "due": "2027-02-28", "probability": 0.7}
    plot_outlook(axis, [known, known | {"topic": "y", "probability": 0.2}])
    dots = [line for line in axis.lines if len(line.get_xdata())]
    assert [line.get_ydata()[0] for line in dots] == [0.2, 0.7]
    assert [line.get_color() for line in dots] == [COLORS[1], COLORS[0]]
    assert [text.get_text() for text in axis.texts] == ["2", "1"]
    # Neighbors have their numbers on different sides.
    assert [text.get_ha() for text in axis.texts] == ["left", "right"]
