import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.search.drawing import (
    plot_configurations,
    plot_learning_curves,
    plot_methods,
    plot_selection_bias,
)


def test_each_setting_has_a_panel():
    axes = Figure().subplots(1, 2)
    configurations = [{"learning_rate": 0.1, "hidden": 8}, {"learning_rate": 0.2, "hidden": 9}]
    plot_configurations(axes, configurations, [0.5, 0.6])
    for axis, values, name in zip(
        axes, ([0.1, 0.2], [8, 9]), ("learning rate", "hidden"), strict=True
    ):
        (line,) = axis.lines
        assert line.get_xdata().tolist() == values
        assert line.get_ydata().tolist() == [0.5, 0.6]
        assert axis.get_xlabel() == name


def test_marked_runs_stand_out():
    axis = Figure().subplots()
    curves = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    plot_learning_curves(axis, curves, {"slow": 0, "fast": 2})
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["slow", "fast"]
    slow, fast = axis.lines[-2:]
    assert slow.get_ydata() == pytest.approx([0.1, 0.2])
    assert fast.get_ydata() == pytest.approx([0.5, 0.6])
    assert len(axis.lines) == 5


def test_methods_have_rows_from_the_top_down_and_a_mean():
    axis = Figure().subplots()
    plot_methods(axis, {"a": [0.5, 0.7], "b": [0.8]})
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a", "b"]
    assert axis.yaxis_inverted()
    means = [lines.get_segments()[0][0][0] for lines in axis.collections]
    assert means == pytest.approx([0.6, 0.8])


def test_selection_bias_is_drawn_as_validation_and_test():
    axis = Figure().subplots()
    plot_selection_bias(axis, [1, 2], {"50 images": np.array([[0.5, 0.4], [0.7, 0.6]])})
    labels = [line.get_label() for line in axis.lines]
    assert labels == ["50 images, validation", "50 images, test"]
    assert axis.lines[0].get_ydata() == pytest.approx([0.5, 0.7])
    assert axis.lines[1].get_ydata() == pytest.approx([0.4, 0.6])
    assert [label.get_text() for label in axis.get_xticklabels()] == ["1", "2"]
