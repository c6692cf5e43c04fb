"""Scores of test examples are kept with a run, and recipes are compared in pairs."""

import json

import numpy as np
import pytest

from bookkit.errors import BookError
from bookkit.reference import examples, results, run
from recipes import Recipe

# Of ten images, plain gets 6 right with seed 0 and 4 with seed 1; wide 8 and 8.
PLAIN = ["1111110000", "1111000000"]
WIDE = ["1111111100", "1111110011"]


def runs_of(*rows):
    each = [np.array(list(row), float) for row in rows]
    return [
        {
            "seed": seed,
            "metrics": {"test_accuracy": scores.mean()},
            "examples": {"test_accuracy": examples.encode(scores)},
        }
        for seed, scores in enumerate(each)
    ]


@pytest.fixture
def folder(tmp_path):
    recipes = [{"name": "plain", "runs": runs_of(*PLAIN)}, {"name": "wide", "runs": runs_of(*WIDE)}]
    recipes[1]["runs"][0]["metrics"]["one_view_accuracy"] = 0.8
    recipes += [{"name": "short", "runs": runs_of("110")}]
    text = json.dumps({"task": "digits", "recipes": recipes})
    (tmp_path / "digits.json").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("scores", [np.arange(2000) % 3 == 0, np.linspace(-0.5, 1.5, 77)])
def test_scores_are_read_as_they_were_written(scores):
    text = examples.encode(scores)
    assert np.allclose(examples.decode(text), scores)
    assert text.isascii()
    assert examples.agrees(text, scores.mean())
    assert not examples.agrees(text, scores.mean() + 1 / len(scores))


def test_right_and_wrong_take_little_room():
    assert len(examples.encode(np.random.default_rng(0).random(10_000) < 0.9)) < 2000


def test_the_error_of_a_difference_is_quoted(folder):
    """Means over seeds: plain 1 1 1 1 .5 .5 0 0 0 0, wide 1 1 1 1 1 1 .5 .5 .5 .5.

    Six differences of 1/2 have the mean 0.3 and the variance 6/10 * 1/4 - 0.09 = 0.06.
    """
    assert results.quote("digits/wide/test_accuracy/mean/minus=plain:.2f", folder) == "0.30"
    quoted = results.quote("digits/wide/test_accuracy/error/minus=plain:.4f", folder)
    assert quoted == f"{np.sqrt(0.06 / 10):.4f}" == "0.0775"
    quoted = results.quote("digits/wide/test_accuracy/error/minus=plain:.1fp", folder)
    assert quoted == "7.7"


def test_a_metric_is_compared_with_another_one_of_the_same_runs(folder):
    document = results.load("digits", folder)
    for number, one in enumerate(document["recipes"][1]["runs"]):
        one["metrics"]["one_view_accuracy"] = float(np.mean(list(map(int, PLAIN[number]))))
        one["examples"]["one_view_accuracy"] = examples.encode(list(map(int, PLAIN[number])))
    (folder / "digits.json").write_text(json.dumps(document), encoding="utf-8")
    address = "digits/wide/test_accuracy/{}/minus=wide.one_view_accuracy:.4f"
    assert results.quote(address.format("mean"), folder) == "0.3000"
    assert results.quote(address.format("error"), folder) == "0.0775"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("wide/test_accuracy/error", "the error is that of a difference: write /minus=RECIPE"),
        ("wide/test_accuracy/error/over=plain", "that of a difference, minus=RECIPE. Received"),
        ("wide/test_accuracy/error/minus=short", "the same test examples. Received: 10 and 3"),
        ("wide/test_accuracy/error/minus=plane", "no recipe 'plane'"),
    ],
)
def test_what_cannot_be_compared_is_named(folder, address, message):
    with pytest.raises(BookError, match=message):
        results.quote(f"digits/{address}", folder)


def test_runs_that_kept_nothing_are_named(folder):
    document = results.load("digits", folder)
    del document["recipes"][0]["runs"][1]["examples"]
    with pytest.raises(BookError, match="a run kept no test_accuracy of each example: make ref"):
        results.compared(document, "wide", "test_accuracy", "error", "minus=plain")


def test_a_run_keeps_the_scores_apart_from_its_metrics(monkeypatch, tmp_path):
    right = np.array([True, False, True, True])

    def train(seed):
        return {"test_accuracy": 0.75, "examples": {"test_accuracy": right}}

    recipe = Recipe("plain", {}, train)
    monkeypatch.setattr(run, "TASKS", {"digits": ("cifar10", [recipe])})
    found = run.run_one("digits", "plain", 0, tmp_path)
    assert found["metrics"] == {"test_accuracy": 0.75}
    kept = json.loads(json.dumps(found))["examples"]
    assert examples.decode(kept["test_accuracy"]).tolist() == [1, 0, 1, 1]
