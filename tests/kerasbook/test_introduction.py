"""The history of Keras as data, and the timeline."""

import importlib.metadata
from datetime import date

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.grading import grade
from kerasbook.introduction import (
    HISTORY,
    days_since_event,
    last_event,
    plot_timeline,
    years_between,
)

KINDS = ["release", "backend", "TensorFlow"]


@pytest.fixture
def axis():
    return Figure(figsize=(8, 7)).subplots()


def points(axis):
    """Return the lines that are one marker, in the order drawn."""
    return [line for line in axis.lines if len(line.get_ydata()) == 1]


def test_history_runs_forward_one_event_a_day():
    days = [day for day, _, _ in HISTORY]
    assert all(type(day) is date for day in days)
    assert days == sorted(set(days))
    assert len({event for _, event, _ in HISTORY}) == len(HISTORY)


def test_history_uses_every_kind_and_no_other():
    assert {kind for _, _, kind in HISTORY} == set(KINDS)
    assert all(event and event == event.strip() for _, event, _ in HISTORY)


def test_history_starts_with_the_first_public_version():
    assert HISTORY[0][0] == date(2015, 3, 27)
    assert HISTORY[0][1].startswith("first public version")


def test_years_between_by_hand():
    assert years_between(date(2000, 1, 1), date(2004, 1, 1)) == 4  # 1,461 days
    assert years_between(date(2015, 3, 27), date(2023, 11, 28)) == pytest.approx(3168 / 365.25)
    assert years_between(date(2020, 1, 1), date(2019, 1, 1)) == pytest.approx(-365 / 365.25)


@pytest.mark.parametrize(
    ("day", "event", "days"),
    [
        (date(2015, 12, 31), "0.3: TensorFlow as second backend", 30),
        (date(2016, 4, 10), "0.3: TensorFlow as second backend", 131),
        (date(2016, 4, 11), "1.0", 0),
        (date(2018, 6, 1), "TensorFlow 1.4 contains tf.keras", 211),
    ],
)
def test_the_last_event_is_not_later_than_the_day(day, event, days):
    assert last_event(day) == event
    assert days_since_event(day) == days


def test_the_grader_tells_the_answer_from_the_usual_mistake():
    cases = [((date(2015, 12, 31),), 30), ((date(2016, 4, 11),), 0)]
    assert grade(days_since_event, cases) == "Right in all 2 cases."
    told = grade(lambda day: (day - HISTORY[0][0]).days, cases)
    assert told == "Wrong for (datetime.date(2015, 12, 31)): expected 30, received 279."


def test_what_tells_old_code_apart_is_gone():
    assert not hasattr(keras.Model, "fit_generator")
    assert not hasattr(keras.utils, "np_utils")
    assert hasattr(keras, "ops")
    assert any(line.startswith("keras") for line in importlib.metadata.requires("tensorflow"))


def test_timeline_labels_every_event_with_month_and_text(axis):
    plot_timeline(axis, HISTORY)
    assert [text.get_text() for text in axis.texts] == [
        f"{day.year}-{day.month:02d}  {event}" for day, event, _ in HISTORY
    ]


def test_timeline_marks_the_days_to_scale(axis):
    plot_timeline(axis, HISTORY)
    assert [line.get_ydata()[0] for line in points(axis)] == [
        day.toordinal() for day, _, _ in HISTORY
    ]
    assert {line.get_xdata()[0] for line in points(axis)} == {0}


def test_timeline_gives_each_kind_a_color_and_marker_and_a_legend_entry(axis):
    plot_timeline(axis, HISTORY)
    looks = {}
    for line, (_, _, kind) in zip(points(axis), HISTORY, strict=True):
        looks.setdefault(kind, set()).add((line.get_color(), line.get_marker()))
    assert all(len(look) == 1 for look in looks.values())
    assert len({color for look in looks.values() for color, _ in look}) == 3
    assert len({marker for look in looks.values() for _, marker in look}) == 3
    assert [text.get_text() for text in axis.get_legend().get_texts()] == KINDS


def test_timeline_labels_keep_their_distance_and_are_led_to_their_days(axis):
    plot_timeline(axis, HISTORY)
    heights = [text.get_position()[1] for text in axis.texts]
    gaps = np.diff(heights)
    np.testing.assert_allclose(gaps, gaps[0])
    assert gaps[0] > 0
    leads = [line for line in axis.lines if len(line.get_ydata()) == 3]
    for lead, (day, _, _), height in zip(leads, HISTORY, heights, strict=True):
        assert lead.get_ydata().tolist() == [day.toordinal(), height, height]


def test_timeline_reads_from_the_top_down_with_a_tick_a_year(axis):
    plot_timeline(axis, HISTORY)
    bottom, top = axis.get_ylim()
    first, last = HISTORY[0][0].toordinal(), HISTORY[-1][0].toordinal()
    assert top < first < last < bottom
    years = range(2015, HISTORY[-1][0].year + 1)
    assert [label.get_text() for label in axis.get_yticklabels()] == [str(year) for year in years]
    assert list(axis.get_yticks()) == [date(year, 1, 1).toordinal() for year in years]


def test_timeline_draws_any_history(axis):
    plot_timeline(axis, HISTORY[2:5])
    assert len(points(axis)) == len(axis.texts) == 3
    assert [label.get_text() for label in axis.get_yticklabels()] == ["2016", "2017"]
