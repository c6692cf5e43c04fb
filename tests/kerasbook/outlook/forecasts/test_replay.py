from datetime import date, timedelta

import numpy as np
import pytest
from packaging.version import Version

from bookkit.data.registry import SAMPLE
from kerasbook.outlook.forecasts.releases import (
    days_between,
    first_of_each,
    laplace_estimate,
    load_releases,
    months_from,
    months_with,
)
from kerasbook.outlook.forecasts.replay import backtest, hazard_estimate, score_gap


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))


def days_of(*offsets):
    return [date(2020, 1, 1) + timedelta(offset) for offset in offsets]


def test_releases_are_in_order_and_known_ones_have_their_day(sample):
    releases = load_releases("keras")
    assert [day for _, day in releases] == sorted(day for _, day in releases)
    known = dict(releases)
    # The same days as in kerasbook.introduction, which come from the archives.
    assert known[Version("1.0.0")] == date(2016, 4, 11)
    assert known[Version("3.0.0")] == date(2023, 11, 28)
    assert known[Version("3.15.0")] == date(2026, 6, 24)


def test_without_data_the_cure_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"forecasts/releases\.json was not found.*sample-data\.zip"
    ):
        load_releases("keras")


def test_the_first_final_version_of_each_counts():
    days = days_of(0, 10, 20, 30)
    versions = [Version(text) for text in ("1.0rc0", "1.0.1", "1.0.2", "1.1.0")]
    pairs = list(zip(versions, days, strict=True))
    assert first_of_each(pairs) == {"1.0": days[1], "1.1": days[3]}


def test_gaps_and_shares():
    assert days_between(days_of(0, 10, 15)) == [10, 5]
    assert days_between(days_of(0)) == []
    assert laplace_estimate([]) == 0.5
    assert laplace_estimate([True, True, False]) == 0.6


def test_months_pass_the_turn_of_the_year():
    months = months_from(date(2020, 11, 1), date(2021, 2, 1))
    assert [str(month) for month in months] == [
        "2020-11-01", "2020-12-01", "2021-01-01", "2021-02-01"
    ]  # fmt: skip
    assert months_with([date(2020, 12, 1), date(2021, 1, 31)], months) == [False, True, True]


def test_the_chance_by_age_by_hand():
    # Gaps 10, 20, 30; ten days have passed since the last: all three lasted that long, and those
    # of 10 and 20 ended within the eleven days ahead, on day 10 to 20: (2 + 1) / (3 + 2).
    days = days_of(0, 10, 30, 60)
    (first, following) = days_of(70, 81)
    assert hazard_estimate(days, first, following) == pytest.approx(3 / 5)
    # Later releases are not looked at.
    assert hazard_estimate([*days, *days_of(75)], first, following) == pytest.approx(3 / 5)


def test_the_ends_of_a_month_count_as_the_question_has_them():
    # A gap that would end on the day of the decision ends too late: (1 + 1) / (2 + 2).
    days = days_of(0, 10, 30)
    assert hazard_estimate(days, *days_of(40, 50)) == pytest.approx(2 / 4)
    # A release on the day of the forecast is what is asked for, and not seen: nothing changes.
    assert hazard_estimate([*days, *days_of(40)], *days_of(40, 50)) == pytest.approx(2 / 4)


def test_no_rule_sees_the_future():
    months = months_from(date(2015, 1, 1), date(2018, 1, 1))
    past = [date(2015, month, 3) for month in (1, 4, 9, 12)]
    before, _ = backtest([*past, date(2017, 12, 20)], months, begin=12)
    after, happened = backtest([*past, date(2016, 2, 5), date(2017, 12, 20)], months, begin=12)
    for rule, column in before.items():
        np.testing.assert_array_equal(column[:2], after[rule][:2])
    assert set(before) == {"coin", "all months", "last 12", "by age"}
    assert len(happened) == 24
    assert np.flatnonzero(happened).tolist() == [1, 23]
    # Four of the first twelve months had one, then four of thirteen.
    np.testing.assert_allclose(after["all months"][:2], [5 / 14, 5 / 15])
    np.testing.assert_allclose(after["last 12"][:3], [5 / 14, 4 / 14, 5 / 14])


def test_two_rules_are_compared_on_the_same_events():
    outcomes = np.array([1.0, 0.0, 0.0, 1.0])
    one, other = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.0, 0.0, 0.0, 0.0])
    # Gains 1, 0, 0, 0: mean 1/4, deviation 1/2, error 1/4.
    assert score_gap(one, other, outcomes) == pytest.approx((0.25, 0.25))


def test_what_the_page_and_the_forecasts_say_of_the_record(sample):
    keras = first_of_each(load_releases("keras"))
    third = days_between([day for name, day in keras.items() if name.startswith("3.")])
    assert len(third) == 15
    assert max(third) == 111
    assert third[-5:] == [72, 89, 51, 107, 82]
    assert (date(2026, 11, 27) - keras["3.15"]).days == 156
    assert (date(2027, 8, 31) - date(2026, 11, 27)).days == 277
    tensorflow = load_releases("tensorflow")
    known = dict(tensorflow)
    waits = [
        (known[Version(version.base_version)] - day).days
        for version, day in tensorflow
        if version.pre == ("rc", 0) and Version(version.base_version) in known
    ]
    assert (len(waits), min(waits), max(waits)) == (15, 15, 56)
    assert (date(2026, 11, 27) - known[Version("2.22.0rc0")]).days == 66
    firsts = first_of_each(tensorflow)
    years = [day.year for day in firsts.values()]
    assert [years.count(year) for year in range(2022, 2027)] == [4, 4, 3, 2, 1]
    assert days_between(list(firsts.values()))[-4:] == [106, 138, 154, 205]
