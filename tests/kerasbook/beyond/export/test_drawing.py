import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.export.drawing import plot_costs, plot_two_answers


def test_costs_are_bars_from_the_top_down():
    axes = Figure().subplots(1, 2, sharey=True)
    plot_costs(axes, {"A": {"start_s": 3, "memory_mib": 20}, "B": {"start_s": 1, "memory_mib": 50}})
    for axis, widths in zip(axes, ([3, 1], [20, 50]), strict=True):
        assert [bar.get_width() for bar in axis.patches] == widths
        assert axis.get_xlim()[1] == pytest.approx(1.25 * max(widths))
    assert axes[0].yaxis_inverted()
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["A", "B"]


def test_two_answers_stand_beside_each_other_for_every_digit():
    axes = Figure().subplots(1, 2)
    first, second = np.eye(10)[3], np.eye(10)[8]
    plot_two_answers(axes, np.zeros((8, 8)), {"one": first, "two": second})
    bars = axes[1].patches
    assert [bar.get_height() for bar in bars] == [*first, *second]
    assert bars[0].get_x() + bars[0].get_width() == pytest.approx(bars[10].get_x())
    assert (bars[0].get_x() + bars[10].get_x() + bars[10].get_width()) / 2 == pytest.approx(0)
