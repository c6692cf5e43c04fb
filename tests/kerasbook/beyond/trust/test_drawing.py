import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import betabinom

from kerasbook.beyond.trust import drawing as page
from kerasbook.scores import wilson_interval


def test_bars_reach_the_accuracy_and_gaps_the_confidence():
    axis = Figure().subplots()
    page.plot_bins(axis, np.array([0, 0.7]), np.array([0, 0.4]), np.array([0, 5]))
    bar, gap = axis.patches
    assert (bar.get_height(), gap.get_y()) == (0.4, 0.4)
    assert gap.get_y() + gap.get_height() == pytest.approx(0.7)
    assert bar.get_x() + bar.get_width() / 2 == pytest.approx(0.75)


def test_coverages_are_drawn_with_their_theory():
    axis = Figure().subplots()
    measured = np.array([0.8, 0.9, 0.9, 1.0])
    page.plot_coverages(axis, measured, held=19, asked=20, alpha=0.1)
    line = axis.lines[0]
    np.testing.assert_allclose(line.get_ydata(), 20 * betabinom.pmf(np.arange(21), 20, 18, 2))
    area = sum(bar.get_height() * bar.get_width() for bar in axis.patches)
    assert area == pytest.approx(1)  # no measured value falls outside the bars


def test_a_panel_for_each_kind():
    axes = Figure().subplots(1, 2)
    rows = {"noise": [[0.5, 0.6]] * 6, "blur": [[0.4, 0.6]] * 6}
    page.plot_severities(axes, rows, ("accuracy", "confidence"))
    assert [axis.get_title() for axis in axes] == ["noise", "blur"]
    assert axes[1].lines[0].get_ydata().tolist() == [0.4] * 6
    assert axes[1].lines[1].get_label() == "confidence"


def test_groups_stand_with_their_intervals():
    axis = Figure().subplots()
    page.plot_groups(axis, {"cat": (20, 50), "dog": (30, 50)}, np.linspace(0.3, 0.5, 101))
    assert axis.lines[0].get_xdata() == pytest.approx(wilson_interval(20, 50))
    assert [label.get_text() for label in axis.get_yticklabels()] == ["cat", "dog"]
    band = axis.patches[0]
    assert (band.get_x(), band.get_width()) == (pytest.approx(0.305), pytest.approx(0.19))


def test_pictures_and_maps_stand_in_a_row():
    axes = Figure().subplots(1, 2)
    page.show_row(axes, [np.full((4, 4, 3), 1.5), np.zeros((8, 8))], ["photo", "map"])
    assert [axis.get_title() for axis in axes] == ["photo", "map"]
    assert axes[0].images[0].get_array().max() == 1
