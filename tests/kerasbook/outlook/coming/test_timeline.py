"""What happened when, and how long it took."""

from datetime import date

import matplotlib.pyplot as plt

from kerasbook.outlook.coming.timeline import (
    EVENTS,
    MARKS,
    days_until_released,
    plot_events,
)


def test_days_count_from_the_first_request_to_the_first_release():
    events = (
        ("slow", "2026-01-31", "released"),
        ("slow", "2026-01-11", "asked"),
        ("slow", "2026-01-01", "asked"),
        ("slow", "2026-03-01", "released"),
        ("waiting", "2026-01-01", "asked"),
        ("sudden", "2026-01-01", "released"),
    )
    assert days_until_released(events) == {"slow": 30}


def test_events_are_in_order_and_before_the_day_of_looking():
    for theme in {theme for theme, *_ in EVENTS}:
        days = [date.fromisoformat(day) for each, day, _ in EVENTS if each == theme]
        assert days == sorted(days)
        assert days[-1] < date(2026, 11, 27)
    assert {what for *_, what in EVENTS} == MARKS.keys()


def test_each_event_has_a_mark_in_the_row_of_its_theme():
    axis = plt.figure().subplots()
    events = (("a", "2026-01-01", "asked"), ("b", "2026-02-01", "asked"))
    plot_events(axis, events, until="2026-03-01")
    asked = axis.lines[0]
    assert list(asked.get_ydata()) == [1, 0]  # the first theme on top
    assert [text.get_text() for text in axis.get_yticklabels()] == ["b", "a"]
    plt.close("all")
