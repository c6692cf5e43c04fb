"""The recipe for entities without pretraining, on the sample: what it measures, and seeds."""

import itertools

import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from bookkit.paths import RESULTS
from bookkit.reference import results
from recipes import strong_entities as recipes

(RECIPE,) = recipes.TASKS["entities-strong"][1]
(CUT,) = recipes.TASKS["entities-strong-cut"][1]
QUICK = {"epochs": 1, "members": 2, "network": {"width": 4, "units": 4, "dropout": 0.0}}


@pytest.fixture(autouse=True)
def sample(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))


@pytest.mark.weekly
def test_the_recipe_measures_what_its_results_hold(published, measured):
    found = measured(RECIPE.run(0, **RECIPE.parameters | QUICK))
    assert set(found) == set(published("entities-strong", "committee"))
    assert all(0 <= found[score] <= 1 for score in found if score != "parameters")
    for kind, way in itertools.product(("shares", "plain"), ("path", "names")):
        assert found[f"{kind}_two_{way}_f1"] == found[f"{kind}_all_{way}_f1"], "two are all"


def test_a_cut_of_the_training_sentences_stands_for_the_dev_set(monkeypatch):
    sentences = [([str(number)], ["O"]) for number in range(100)]
    monkeypatch.setattr(recipes, "_read", lambda: (sentences, "the dev set"))
    asked = {}
    names = ("f1", "path_f1", "shares_all_names_f1", "plain_all_names_f1", "plain_two_path_f1")
    each = dict.fromkeys((*names, "plain_member_path_f1"), np.full(4, 0.5))
    each["f1"] = np.array([1.0, 0.5, 0.5, 1.0])  # 0.5, 0, 0 and 0.5 more than by the best path

    def run(seed, read, **rest):
        asked.update(rest, of=read())
        return {"examples": each}

    monkeypatch.setattr(recipes, "_run", run)
    found = CUT.run(0, **CUT.parameters)
    assert found["names_gap"] == 0.25
    assert found["names_gap_error"] == pytest.approx(0.25 / 2)  # a deviation of 0.25, n = 4
    assert found["shares_gap"] == found["shares_gap_error"] == 0
    assert found["ensemble_gap"] == found["ensemble_gap_error"] == 0
    train, cut = asked.pop("of")
    assert asked == RECIPE.parameters
    assert len(train) == 90
    assert sorted(train + cut) == sorted(sentences)
    assert cut == sentences[5::10]
    assert not {words[0] for words, _ in cut} & {str(number) for number in range(0, 100, 10)}


def test_what_the_page_concludes_holds_in_the_results():
    """Names gain in every row, two networks in every kind; shares show nothing; 75% is passed."""
    document = results.load("entities-strong", RESULTS)

    def of(*names):
        return np.array([results.values(document, "committee", name) for name in names])

    path, chosen = (
        np.array([
            of(*(f"{kind}_{size}_{way}_f1" for size in ("member", "two", "all")))
            for kind in ("shares", "plain")
        ])
        for way in ("path", "names")
    )  # fmt: skip
    assert path.shape == chosen.shape == (2, 3, 3)  # kinds, sizes, seeds
    six, six_by_path = of("f1", "path_f1")
    assert (chosen > path).all()
    assert (six > six_by_path).all()
    gains = [*(chosen - path).mean(axis=2).ravel(), (six - six_by_path).mean()]
    assert 0.005 < min(gains) < max(gains) < 0.01, "half a point to a point"
    assert (abs(chosen[:, 0].mean(axis=1) - six_by_path.mean()) < 0.003).all(), "one, as six"
    assert (six > 0.75).all()
    assert (path[:, 1] > path[:, 0]).all()
    for scores, all_six in ((path, six_by_path), (chosen, six)):
        _, two, three = scores.mean(axis=2).T
        assert (abs(three - two) < 0.0025).all()
        assert (abs(all_six.mean() - three) < 0.0025).all()
    first, second = ((scores[:, 1] - scores[:, 0]).mean() for scores in (path, chosen))
    assert 0 < second < first == pytest.approx(0.01, abs=0.002)
    other = results.values(results.load("entities-cluener", RESULTS), "crf", "f1")
    shares, plain = path.mean(axis=2)
    assert (abs(shares - plain) < np.std(other, ddof=1)).all()
    stated, right = of("unsure_stated", "unsure_right")
    assert (right < stated).all()


def test_other_sentences_confirm_names_and_two_networks_and_leave_shares_open():
    document = results.load("entities-strong-cut", RESULTS)

    def in_standard_errors(name):
        gain, error = (
            np.array(results.values(document, "committee", f"{name}_gap{end}"))
            for end in ("", "_error")
        )
        return gain / error

    assert (in_standard_errors("names") > 2).all()
    assert (in_standard_errors("ensemble") > 1).all()
    low, middle, high = sorted(in_standard_errors("shares"))
    assert -1 < low < middle < 1
    assert high > 2
