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


def test_no_two_networks_of_all_seeds_have_the_same_seed(monkeypatch):
    used = {"shares": [], "plain": []}

    class Trained:
        def count_params(self):
            return 7

    def train_one(train, encoder, seed, **parameters):
        used["shares" if hasattr(encoder, "num_shares") else "plain"].append(seed)
        return Trained()

    one = dict.fromkeys(("f1", "precision", "recall"), 0.5) | {"each": np.full(4, 0.5)}
    scores = dict.fromkeys(("path", "names"), one)
    monkeypatch.setattr(recipes, "_train_one", train_one)
    monkeypatch.setattr("kerasbook.tagger.predict_emissions", lambda *_: [])
    monkeypatch.setattr(recipes, "_score", lambda *_: scores)
    monkeypatch.setattr(recipes, "_unsure_names", lambda *_: (0.4, 0.3))
    for seed in range(3):
        assert RECIPE.run(seed, **RECIPE.parameters)["parameters"] == 6 * 7
    assert used == {"shares": list(range(9)), "plain": list(range(9))}


def test_networks_that_read_different_columns_decide_by_the_mean_of_their_emissions():
    from kerasbook.crf import CRF

    class Tagger:
        def __init__(self, tags):
            self.crf = CRF(tags)

    tags = ["O", "B-name", "I-name"]
    models = [Tagger(tags), Tagger(tags)]
    sentence = (["Ada", "left"], ["B-name", "O"])
    right = np.array([[0, 4, 0], [3, 0, 0]])
    wrong = np.array([[2, 0, 0], [0, 0, 2]])
    # Alone, the second finds nothing that is right; the mean, (1, 2, 0) and (1.5, 0, 1), all.
    alone = recipes._score(models[1:], [[wrong]], [sentence], 0.45)
    assert (alone["path"]["f1"], alone["names"]["f1"]) == (0, 0)
    for both in ([[right], [wrong]], [[wrong], [right]]):
        found = recipes._score(models, both, [sentence], 0.4)
        assert (found["path"]["f1"], found["names"]["f1"]) == (1, 1)


def test_names_that_are_neither_likely_nor_unlikely_are_counted():
    from kerasbook.crf import CRF

    class Tagger:
        def __init__(self, tags):
            self.crf = CRF(tags)

    tags = ["O", "B-name", "I-name"]
    # One word each, with these probabilities of a name; the first and the last are too sure.
    chances = (0.2, 0.4, 0.5, 0.7)
    rows = [np.log([[1 - chance, chance, 1e-12]]) for chance in chances]
    sentences = [([""], [tag]) for tag in ("B-name", "O", "B-name", "B-name")]
    stated, right = recipes._unsure_names([Tagger(tags)], [rows], sentences)
    assert (stated, right) == pytest.approx((0.45, 0.5))
    assert recipes._unsure_names([Tagger(tags)], [rows[:1]], sentences[:1]) == (0, 0)
