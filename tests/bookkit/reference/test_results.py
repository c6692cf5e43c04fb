"""Quoting reference results."""

import json

import pytest

from bookkit.errors import BookError
from bookkit.reference import results

DOCUMENT = {
    "task": "digits",
    "data": {"name": "digits", "variant": "full", "sha256": "0123456789abcdef" * 4},
    "environment": {"python": "3.11.7", "keras": "3.13.0", "cpu": "Abacus 9", "cores": 3},
    "date": "2026-01-31",
    "commit": "abcdef123456",
    "recipes": [
        {
            "name": "plain",
            "parameters": {"epochs": 2},
            "runs": [
                # 0.5, 0.6, 0.85: mean 0.65, squared deviations 0.0225 + 0.0025 + 0.04 = 0.065,
                # sample deviation sqrt(0.065 / 2) = 0.180278
                {"seed": 0, "metrics": {"test_accuracy": 0.5, "parameters": 73418}, "wall_s": 10.0},
                {"seed": 1, "metrics": {"test_accuracy": 0.6, "parameters": 73418}, "wall_s": 11.0},
                {"seed": 2, "metrics": {"test_accuracy": 0.85, "parameters": 73418}, "wall_s": 18},
            ],
        },
        {
            "name": "once",
            "parameters": {},
            "runs": [
                {
                    "seed": 4,
                    "metrics": {"f1": 0.25, "fits": 1.0, "breaks": 0.0, "version": "3.16.0.dev0"},
                    "wall_s": 1.5,
                }
            ],
        },
    ],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "digits.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    (tmp_path / "boxes.json").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("digits/plain/test_accuracy/mean:.3f", "0.650"),
        ("digits/plain/test_accuracy/mean:.1%", "65.0%"),
        ("digits/plain/test_accuracy/std:.6f", "0.180278"),
        ("digits/plain/test_accuracy/min:.2f", "0.50"),
        ("digits/plain/test_accuracy/max:.2f", "0.85"),
        ("digits/plain/test_accuracy/count:d", "3"),
        ("digits/plain/test_accuracy/count", "3"),
        ("digits/plain/parameters/max:,d", "73,418"),
        ("digits/plain/wall_s/mean:.0f", "13"),
        ("digits/once/f1/std:.2f", "0.00"),
        ("digits/once/f1/mean:.0%", "25%"),
        # 13 s on average, and 1.5 s
        ("digits/plain/wall_s/mean/over=once:.2f", "8.67"),
        ("digits/plain/wall_s/mean/minus=once:+.1f", "+11.5"),
        ("digits/once/wall_s/mean/minus=plain:+.1f", "−11.5"),
        ("digits/plain/test_accuracy/std/minus=plain:.1f", "0.0"),
        ("digits/plain/wall_s/span:.0f", "13 (10–18)"),
        ("digits/plain/parameters/span:.0f", "73418"),
        ("digits/plain/parameters/mean:.1fk", "73.4"),
        ("digits/plain/parameters/mean:.3fM", "0.073"),
        ("digits/plain/parameters/mean:.2gT", "7.3e-08"),
        ("digits/plain/test_accuracy/mean:+.1fp", "+65.0"),
        ("digits/once/fits/min:yes/no", "yes"),
        ("digits/once/breaks/min:yes/no", "no"),
        ("digits/once/version/min", "3.16.0.dev0"),
        ("digits/date", "2026-01-31"),
        ("digits/commit", "abcdef123456"),
        ("digits/commit:.7", "abcdef1"),
        ("digits/data", "0123456789ab"),
        ("digits/cpu", "Abacus 9"),
        ("digits/cores:02d", "03"),
        ("digits/keras", "3.13.0"),
    ],
)
def test_a_quotation_is_formatted(folder, text, expected):
    assert results.quote(text, folder) == expected


def test_a_span_of_ratios_pairs_the_seeds(folder):
    """10, 11 and 18 s over 4, 10 and 6 s are 2.5, 1.1 and 3 times; over the mean, 13 / (20 / 3)."""
    document = results.load("digits", folder)
    fast = [{**run, "wall_s": s} for run, s in zip(_plain(document), (4.0, 10.0, 6.0), strict=True)]
    document["recipes"].append({"name": "fast", "runs": fast})
    (folder / "digits.json").write_text(json.dumps(document), encoding="utf-8")
    quoted = results.quote("digits/plain/wall_s/span/over=fast:.2f", folder)
    assert quoted == "1.95 (1.10–3.00)"
    assert results.quote("digits/plain/wall_s/max/minus=fast:.0f", folder) == "12"
    with pytest.raises(BookError) as caught:
        results.quote("digits/plain/wall_s/span/over=once:.2f", folder)
    assert str(caught.value) == "plain ran with seeds [0, 1, 2], once with [4]"


def _plain(document):
    return document["recipes"][0]["runs"]


@pytest.mark.parametrize(
    ("metric", "time"),
    [("wall_s", True), ("training_cpu_s", True), ("gflop_per_cpu_s", False), ("f1", False)],
)
def test_times_are_known_by_their_names(metric, time):
    assert results.is_time(metric) == time


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "digit/plain/test_accuracy/mean",
            "no results of 'digit' (known: ['boxes', 'digits']): make reference TASK=digit",
        ),
        ("digits/plane/test_accuracy/mean", "no recipe 'plane'; there are: plain, once"),
        (
            "digits/plain/accuracy/mean",
            "no metric 'accuracy'; there are: test_accuracy, parameters, wall_s",
        ),
        (
            "digits/plain/test_accuracy/median:.2f",
            "expected TASK/RECIPE/METRIC/STATISTIC:FORMAT with mean, std, min, max, count, "
            "span, error. Received: 'digits/plain/test_accuracy/median:.2f'",
        ),
        (
            "digits/plain/test_accuracy",
            "expected TASK/RECIPE/METRIC/STATISTIC:FORMAT with mean, std, min, max, count, "
            "span, error. Received: 'digits/plain/test_accuracy'",
        ),
        (
            "digits/plain/wall_s/mean/times=once",
            "expected minus=RECIPE or over=RECIPE. Received: 'times=once'",
        ),
        ("digits/plain/wall_s/mean/over=twice", "no recipe 'twice'; there are: plain, once"),
        (
            "digits/plain/wall_s/mean:.1",
            "'.1' writes 1e+01: say how many digits follow the point, as .1f does",
        ),
        (
            "digits/time",
            "no 'time' in the results of digits; there are: "
            "['commit', 'cores', 'cpu', 'data', 'date', 'keras', 'python']",
        ),
    ],
)
def test_a_quotation_of_nothing_lists_what_there_is(folder, text, message):
    with pytest.raises(BookError) as caught:
        results.quote(text, folder)
    assert str(caught.value) == message


def test_a_wrong_format_is_an_error_of_the_text_and_not_of_the_file(folder):
    with pytest.raises(ValueError, match="Unknown format code 'd'"):
        results.quote("digits/plain/test_accuracy/mean:d", folder)


def test_values_keep_the_order_of_the_runs(folder):
    document = results.load("digits", folder)
    assert document == DOCUMENT
    assert results.values(document, "plain", "test_accuracy") == [0.5, 0.6, 0.85]
    assert results.values(document, "plain", "wall_s") == [10.0, 11.0, 18]
    assert results.values(document, "once", "f1") == [0.25]


def test_metrics_of_a_recipe_are_listed():
    assert results.metrics(DOCUMENT, "plain") == ["test_accuracy", "parameters"]
    with pytest.raises(BookError, match="no recipe 'fancy'; there are: plain, once"):
        results.metrics(DOCUMENT, "fancy")
