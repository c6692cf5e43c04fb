"""Figures of the page on choosing."""

from datetime import date

import pytest
from matplotlib.figure import Figure

from kerasbook.outlook.choosing.drawing import (
    WAY_COLORS,
    WAY_MARKERS,
    plot_contest,
    plot_downloads,
    plot_release_dates,
    set_apart,
)


def test_each_way_has_a_mark_and_the_fastest_is_one():
    figure = Figure()
    axes = figure.subplots(1, 2)
    measured = {
        "jax": {"Keras": {"lines": 40, "ms": 3}, "plain": {"lines": 30, "ms": 0.5}},
        "torch": {"Keras": {"lines": 45, "ms": 2}, "plain": {"lines": 35, "ms": 1}},
    }
    plot_contest(axes, measured)
    assert [line.get_xdata()[0] for line in axes[1].lines] == pytest.approx([6, 1, 4, 2])
    assert [line.get_xdata()[0] for line in axes[0].lines] == [40, 30, 45, 35]
    assert [line.get_marker() for line in axes[0].lines] == [
        WAY_MARKERS["Keras"],
        WAY_MARKERS["plain"],
    ] * 2
    assert axes[0].lines[0].get_color() == WAY_COLORS["Keras"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["jax", "torch"]


def test_downloads_are_drawn_in_millions_with_their_names():
    axis = Figure().subplots()
    counts = [(date(2026, 3, 1), 2_000_000), (date(2026, 4, 1), 5_000_000)]
    plot_downloads(axis, {"keras": counts}, [date(2026, 3, 15)])
    assert list(axis.lines[0].get_ydata()) == [2, 5]
    assert [text.get_text() for text in axis.texts] == ["keras"]
    assert len(axis.lines) == 2


def test_only_versions_within_the_span_are_drawn():
    axis = Figure().subplots()
    found = {"1.0": date(2020, 1, 1), "1.1": date(2026, 1, 1), "1.2": date(2026, 6, 1)}
    plot_release_dates(axis, {"toy": found}, date(2026, 11, 27), days=365)
    assert [text.get_text() for text in axis.texts] == ["1.1", "1.2"]
    assert list(axis.lines[0].get_ydata()) == [0, 0]


def test_heights_are_set_apart_from_below():
    assert set_apart({"a": 1.0, "b": 0.0, "c": 0.1, "d": 0.15}, 0.3) == pytest.approx(
        {"b": 0.0, "c": 0.3, "d": 0.6, "a": 1.0}
    )
