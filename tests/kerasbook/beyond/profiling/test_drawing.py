"""Figures show the numbers they are given."""

import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.profiling.drawing import (
    plot_roofline,
    plot_sources,
    plot_stages,
    plot_step_times,
)


def test_layers_lie_on_the_roof_and_backends_at_the_whole():
    axis = Figure().subplots()
    costs = {"a": (100e9, 100e9), "b": (8e9, 1e9), "pool": (0, 7e9)}
    plot_roofline(axis, costs, {"tf": 1e9}, flops_per_s=6e9, bytes_per_s=2e9)
    roof, a, b, tf = axis.lines
    assert roof.get_ydata().max() == pytest.approx(6)
    assert (a.get_xdata()[0], a.get_ydata()[0]) == pytest.approx((1, 2))
    assert (b.get_xdata()[0], b.get_ydata()[0]) == pytest.approx((8, 6))
    assert (tf.get_xdata()[0], tf.get_ydata()[0]) == pytest.approx((1, 1))
    assert [t.get_text() for t in axis.get_legend().get_texts()] == ["a", "b", "tf"]


def test_step_times_by_batch_size():
    axis = Figure().subplots()
    plot_step_times(axis, {1: 0.5, 16: 2}, {"tf": {1: 3, 16: 4}})
    assert [line.get_ydata().tolist() for line in axis.lines] == [[0.5, 2], [3, 4]]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["1", "16"]


def test_sources_have_a_row_each():
    axis = Figure().subplots()
    measured = {"jax": {"a": 1, "c": 3}, "tf": {"a": 2, "b": 5, "c": 4}}
    plot_sources(axis, measured, {"jax": {"c": 9}, "tf": {}})
    assert [t.get_text() for t in axis.get_yticklabels()] == ["a", "b", "c"]
    jax, expected = axis.lines[:2]
    assert list(jax.get_xdata()) == [1, 3]
    assert list(jax.get_ydata()) == [0, 2]
    assert (list(expected.get_xdata()), list(expected.get_ydata())) == ([9], [2])
    assert expected.get_color() == jax.get_color()


def test_stages_are_shares_of_the_first():
    axes = Figure().subplots(1, 2)
    plot_stages(axes, {"tf": {"original": 4, "b": 1}, "jax": {"original": 2, "b": 2}})
    assert [[bar.get_width() for bar in axis.patches] for axis in axes] == [[100, 25], [100, 100]]
    assert [axis.get_title() for axis in axes] == ["tf", "jax"]
    assert axes[0].yaxis_inverted()
