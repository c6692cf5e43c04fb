"""The recipe for entities without pretraining, on the sample: what it measures, and seeds."""

import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from bookkit.paths import RESULTS
from bookkit.reference import results
from bookkit.reference.recipes import strong_entities as recipes

(RECIPE,) = recipes.TASKS["entities-strong"][1]
QUICK = {"epochs": 1, "members": 2, "network": {"width": 4, "units": 4, "dropout": 0.0}}


@pytest.fixture(autouse=True)
def sample(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))


def test_the_recipe_measures_what_its_results_hold(published):
    found = RECIPE.run(0, **RECIPE.parameters | QUICK)
    assert set(found) == set(published("entities-strong", "committee"))
    assert all(0 <= found[score] <= 1 for score in found if score != "parameters")
    for kind in ("shares", "plain"):
        assert found[f"{kind}_two_f1"] == found[f"{kind}_all_f1"], "two are all"


def test_what_the_page_concludes_holds_in_the_results():
    """Two are better than one, a third adds nothing, shares do not help, six do so by little."""
    document = results.load("entities-strong", RESULTS)
    six, *seen = (
        np.array(results.values(document, "committee", name))
        for name in ("f1", *(f"{kind}_{size}_f1" for kind in ("shares", "plain")
                             for size in ("member", "two", "all")))
    )  # fmt: skip
    shares, plain = np.array(seen[:3]), np.array(seen[3:])  # (sizes, seeds)
    assert shares.shape == plain.shape == (3, 3)
    for one, two, three in (shares, plain):
        assert (two > one).all()
        assert abs(three.mean() - two.mean()) < 0.0025 < (two - one).mean()
    other = results.values(results.load("entities-cluener", RESULTS), "crf", "f1")
    assert (abs(shares.mean(axis=1) - plain.mean(axis=1)) < np.std(other, ddof=1)).all()
    assert ((six > shares[2]) & (six > plain[2])).tolist() == [False, True, True]


def test_no_two_networks_of_all_seeds_have_the_same_seed(monkeypatch):
    used = {"shares": [], "plain": []}

    class Trained:
        def count_params(self):
            return 7

    def train_one(train, encoder, seed, **parameters):
        used["shares" if hasattr(encoder, "num_shares") else "plain"].append(seed)
        return Trained()

    scores = dict.fromkeys(("f1", "precision", "recall"), 0.5)
    monkeypatch.setattr(recipes, "_train_one", train_one)
    monkeypatch.setattr("kerasbook.tagger.predict_emissions", lambda *_: [])
    monkeypatch.setattr(recipes, "_score", lambda *_: {"micro": scores, "macro": scores})
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
    assert recipes._score(models[1:], [[wrong]], [sentence])["micro"]["f1"] == 0
    for both in ([[right], [wrong]], [[wrong], [right]]):
        assert recipes._score(models, both, [sentence])["micro"]["f1"] == 1
