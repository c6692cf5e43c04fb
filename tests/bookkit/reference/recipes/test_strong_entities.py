"""The recipes for entities without pretraining, on the sample: what they measure, and seeds."""

import pytest

from bookkit.data.registry import SAMPLE
from bookkit.reference.recipes import strong_entities as recipes

RECIPES = {recipe.name: recipe for recipe in recipes.TASKS["entities-strong"][1]}
QUICK = {"epochs": 1, "network": {"width": 4, "units": 4, "dropout": 0.0}}


@pytest.fixture(autouse=True)
def sample(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))


@pytest.mark.parametrize("name", RECIPES)
def test_each_recipe_measures_what_its_results_hold(published, name):
    recipe = RECIPES[name]
    found = recipe.run(0, **recipe.parameters | QUICK)
    assert set(found) == set(published("entities-strong", name))
    assert all(0 <= found[score] <= 1 for score in found if score != "parameters")
    if recipe.parameters["members"] == 1:
        assert found["member_f1"] == found["f1"]


def test_no_two_networks_of_all_seeds_have_the_same_seed(monkeypatch):
    used = []

    class Trained:
        def count_params(self):
            return 7

    def train_one(train, encoder, seed, **parameters):
        used.append(seed)
        return Trained()

    scores = dict.fromkeys(("f1", "precision", "recall"), 0.5)
    monkeypatch.setattr(recipes, "_train_one", train_one)
    monkeypatch.setattr(recipes, "_score", lambda *_: {"micro": scores, "macro": scores})
    monkeypatch.setattr("kerasbook.beyond.entities.network.Committee", list)
    recipe = RECIPES["committee"]
    for seed in range(3):
        found = recipe.run(seed, **recipe.parameters)
        assert found["parameters"] == 3 * 7
    assert used == list(range(9))
