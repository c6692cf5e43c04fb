"""The recipe in which a tuned model votes: its weight is chosen on threads it has not seen."""

import numpy as np
import pytest

from bookkit.reference.recipes import tuned_voting as recipes

(RECIPE,) = recipes.TASKS["pretrained-tuned-vote"][1]
LABELS = np.arange(100) % 20


class Says:
    """Says what the rows say, for every second post the group before its own."""

    def fit(self, rows, labels):
        return self

    def decision_function(self, rows):
        return np.eye(20)[(rows - np.arange(len(rows)) % 2) % 20]


def test_the_weight_is_chosen_on_threads_that_were_not_taught(monkeypatch):
    texts = [f"post {number}" for number in range(100)]
    tuned_on = []

    def right(seed, taught, labels, asked, **settings):
        """Be right about all posts: the test's, and those that are not taught."""
        tuned_on.extend(taught)
        held = [int(text.split()[1]) for text in asked[0]]
        assert not set(asked[0]) & set(taught)
        return [recipes.one_scale(np.eye(20)[LABELS[rows]]) for rows in (held, range(100))]

    view = ({"bodies": texts}, LABELS)
    monkeypatch.setattr(recipes, "load_view", lambda name: (texts, view, view))
    monkeypatch.setattr(recipes, "threads_of", lambda posts: [post[:-1] for post in posts])
    monkeypatch.setattr(recipes, "voters_features", lambda *both: {"words": [LABELS, LABELS]})
    monkeypatch.setattr(recipes, "classifiers", lambda: {"words": Says()})
    monkeypatch.setattr(recipes, "_tuned_opinions", right)
    found = RECIPE.run(0, **RECIPE.parameters)
    assert len(tuned_on) == 80
    assert (found["seven_accuracy"], found["tuned_accuracy"]) == (0.5, 1)
    # Equal votes go to the group named first, which is the wrong one but for group 0.
    assert found["weight"] == 1.5
    assert (found["test_accuracy"], found["held_out"]) == (1, 1)


def test_a_tuned_model_says_as_much_of_a_text_wherever_it_stands(tiny_minilm):
    texts = [f"word {'more ' * (number % 5)}" for number in range(40)]
    settings = {"length": 16, "batch_size": 8, "epochs": 1, "learning_rate": 1e-3}
    asked = [texts[:10], texts[9::-1]]
    found = recipes._tuned_opinions(0, texts, np.arange(40) % 20, asked, **settings)
    assert [rows.shape for rows in found] == [(10, 20), (10, 20)]
    np.testing.assert_allclose(found[0], found[1][::-1], atol=0.05)  # sixteen bits
    assert found[0].mean(axis=1) == pytest.approx(np.zeros(10), abs=1e-6)
