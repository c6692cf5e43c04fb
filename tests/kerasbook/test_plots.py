"""The figures' style is valid, colour-blind safe, and the boundary lies where the model says."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from kerasbook.plots import BOOK_STYLE, plot_by_epoch, plot_curves, plot_decision_boundary


def luminance(color):
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_matplotlib_knows_every_setting():
    with matplotlib.rc_context(BOOK_STYLE):
        assert plt.rcParams["figure.dpi"] == 144
        colors = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert len(set(colors)) == len(colors) == 7


def test_lines_stand_out_from_white_paper():
    with matplotlib.rc_context(BOOK_STYLE):
        colors = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    contrast = [1.05 / (luminance(color) + 0.05) for color in colors[:4]]
    assert min(contrast) >= 2.9  # WCAG asks 3 of graphics; each series has its own marker too


def test_the_boundary_is_drawn_where_the_probability_is_one_half():
    figure, axis = plt.subplots()
    points = np.array([[-1.0, -1.0], [1.0, 1.0], [0.5, -0.5]])
    plot_decision_boundary(
        axis, lambda grid: np.where(grid[:, 0] > 0.25, 1.0, 0.0), points, np.array([0, 1, 1])
    )
    line = axis.collections[1].get_paths()[0].vertices
    assert np.allclose(line[:, 0], 0.25, atol=2.6 / 199)
    assert [len(each.get_offsets()) for each in axis.collections[2:]] == [1, 2]
    plt.close(figure)


def test_curves_have_names_and_different_lines():
    axis = Figure().subplots()
    x = np.linspace(0, 1, 5)
    plot_curves(axis, x, {"a": x, "b": x**2}, xlabel="input", ylabel="output")
    assert [line.get_label() for line in axis.lines] == ["a", "b"]
    assert len({line.get_linestyle() for line in axis.lines}) == 2
    np.testing.assert_array_equal(axis.lines[1].get_ydata(), x**2)
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("input", "output")


def test_curves_by_epoch_are_told_apart_without_color():
    axis = Figure().subplots()
    curves = {name: np.full(3, value) for name, value in zip("abcd", (1, 2, 3, 4), strict=True)}
    plot_by_epoch(axis, curves, ylabel="training loss")
    styles = {(line.get_marker(), line.get_linestyle()) for line in axis.lines}
    assert len(styles) == len(axis.lines) == 4
    assert [text.get_text() for text in axis.get_legend().get_texts()] == [*"abcd"]
    assert list(axis.lines[2].get_ydata()) == [3, 3, 3]
    assert list(axis.lines[0].get_xdata()) == [1, 2, 3]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", "training loss")
