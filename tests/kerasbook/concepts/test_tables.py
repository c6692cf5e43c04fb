"""The table of flats: the rule by hand, gaps and their treatment, words as columns, graders."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kerasbook.concepts import tables as page
from kerasbook.grading import grade


@pytest.fixture(scope="module")
def flats():
    return page.invent_flats(10_000, seed=3)


# The flats


def test_the_rule_by_hand():
    flats = pd.DataFrame(
        {"area": [100.0, 50.0], "district": ["east", "center"], "built": [2026, 2024]}
    )
    np.testing.assert_allclose(page.fair_rent(flats), [6.0, 4.5 * 0.99**2])


def test_what_is_left_beside_the_rule_is_noise_of_eight_percent(flats):
    rest = flats["rent"] / page.fair_rent(flats) - 1
    assert rest.std() == pytest.approx(0.08, rel=0.05)
    assert abs(rest.mean()) < 4 * 0.08 / np.sqrt(len(flats))


def test_flats_are_plausible_and_follow_their_seed(flats):
    assert flats["area"].between(30, 140).all()
    assert flats["built"].between(1950, 2024).all()
    assert set(flats["rooms"]) == {1, 2, 3, 4, 5}
    assert flats["rooms"].corr(flats["area"]) > 0.8
    assert flats.equals(page.invent_flats(10_000, seed=3))
    assert not flats.equals(page.invent_flats(10_000, seed=4))


def test_years_are_lost_at_the_two_rates_and_nothing_else_changes(flats):
    gaps = page.drop_years(flats, old=0.7, rest=0.05, seed=0)
    old = flats["built"] < 1980
    assert gaps["built"][old].isna().mean() == pytest.approx(0.7, abs=0.05)
    assert gaps["built"][~old].isna().mean() == pytest.approx(0.05, abs=0.02)
    known = gaps["built"].notna()
    assert (gaps["built"][known] == flats["built"][known]).all()
    assert gaps.drop(columns="built").equals(flats.drop(columns="built"))


# Features


def test_each_known_word_has_one_place_and_an_unknown_one_has_none():
    encoded = page.one_hot(["b", "a", "z"], ["a", "b"])
    assert encoded.dtype == np.float32
    assert encoded.tolist() == [[0, 1], [1, 0], [0, 0]]


def test_features_are_the_numbers_then_the_district():
    flats = pd.DataFrame({"area": [70.5], "rooms": [3], "district": ["west"]})
    features = page.flat_features(flats, ["rooms", "area"], ["east", "west"])
    assert features.tolist() == [[3, 70.5, 0, 1]]
    assert features.dtype == np.float32


def test_prepare_fills_and_marks():
    flats = pd.DataFrame({"built": [1990.0, np.nan], "rent": [3.0, 4.0]})
    ready = page.impute_and_flag(flats, 2000)
    assert ready["built"].tolist() == [1990, 2000]
    assert ready["unknown"].tolist() == [0, 1]
    assert np.isnan(flats["built"][1])


def test_the_network_learns_a_line():
    x = np.linspace(0, 10, 2_560, dtype="float32")[:, None]
    model = page.train_regressor(x, 2 * x[:, 0] + 1, epochs=40)
    assert model.predict(x, verbose=0)[:, 0] == pytest.approx(2 * x[:, 0] + 1, abs=0.5)


def test_one_gap_spoils_its_column_and_the_predictions_without_an_error():
    x = np.array([[1, 5], [np.nan, 6], [3, 7], [4, 9]], "float32")
    model = page.train_regressor(x, np.arange(4.0), epochs=1)
    scaled = np.array(model.layers[0](x))
    assert np.isnan(scaled[:, 0]).all()
    assert np.isfinite(scaled[:, 1]).all()
    predicted = model.predict(x, verbose=0)
    assert np.isnan(predicted).all() or len(np.unique(predicted)) == 1


# Treatments


def test_treatments_differ_in_rows_and_columns():
    ready = page.impute_and_flag(pd.DataFrame({"built": [1990.0, np.nan, 2010.0]}), 2000)
    ways = page.missing_value_strategies(ready)
    assert {way: len(rows) for way, (rows, _) in ways.items()} == {
        "deletion": 2, "imputation": 3, "indicator": 3,
    }  # fmt: skip
    assert [columns[-1] for _, columns in ways.values()] == ["built", "built", "unknown"]


@pytest.mark.weekly
def test_only_the_mark_serves_where_old_buildings_lose_their_year(flats):
    gaps = page.drop_years(flats, old=0.7, rest=0.05, seed=0)
    train, test = gaps[:8_000], gaps[8_000:]
    errors = page.compare_treatments(train, test, sorted(page.RATES))
    assert errors.index.equals(test.index)
    assert (errors["unknown"] == test["built"].isna()).all()
    means = errors.groupby("unknown").mean().loc[1]
    assert means["deletion"] > 1.5 * means["imputation"]
    assert means["imputation"] > abs(means["indicator"]) + 0.1


def test_treatments_are_drawn_by_what_is_known():
    axis = Figure().subplots()
    errors = pd.DataFrame({"a": [1.0, 3.0, 5.0], "b": [0.0, 2.0, 4.0], "unknown": [0, 0, 1]})
    page.plot_treatments(axis, errors)
    assert [bar.get_height() for bar in axis.patches] == [2, 1, 5, 4]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "b"]


# The exercise

CASES = [
    (([1960, None, 2000], [None, 2010]), [1980, 2010]),
    (([1, 2, 6], [5, None, None]), [5, 3, 3]),
]


def test_the_right_answer_is_right_and_the_usual_mistake_is_not():
    assert grade(page.impute_with_training_mean, CASES) == "Right in all 2 cases."
    said = grade(page.fill_from_itself, CASES)
    assert said.startswith("Wrong for ([1960, None, 2000], [None, 2010])")
    assert "2010" in said
