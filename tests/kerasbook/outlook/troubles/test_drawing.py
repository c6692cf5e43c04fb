import ml_dtypes
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.outlook.troubles.drawing import RANGES, plot_ranges, plot_rows, plot_two_losses


@pytest.fixture
def axis():
    return Figure().subplots()


def test_rows_carry_their_value(axis):
    plot_rows(axis, {"a": 2.0, "b": 0.5}, "seconds", label="{:.1f}")
    assert [bar.get_width() for bar in axis.patches] == [2, 0.5]
    assert [text.get_text() for text in axis.texts] == ["2.0", "0.5"]
    assert axis.yaxis_inverted()


def test_both_losses_stand_in_one_row(axis):
    plot_two_losses(axis, {"a": (0.9, 0.4), "b": (0.8, 0.8)})
    fitted, evaluated = axis.lines
    assert list(fitted.get_xdata()) == [0.9, 0.8]
    assert list(evaluated.get_xdata()) == [0.4, 0.8]
    assert list(fitted.get_ydata()) == list(evaluated.get_ydata()) == [0, 1]


@pytest.mark.parametrize("name", RANGES)
def test_ranges_are_those_of_the_types(name):
    info = ml_dtypes.finfo(np.dtype(name) if name != "bfloat16" else ml_dtypes.bfloat16)
    assert RANGES[name] == (float(info.smallest_normal), float(info.max))


def test_ranges_have_a_bar_each_and_marks_a_line(axis):
    plot_ranges(axis, {"here": 10.0})
    assert len(axis.patches) == 3
    assert list(axis.lines[0].get_xdata()) == [10, 10]
    assert axis.get_xscale() == "log"
