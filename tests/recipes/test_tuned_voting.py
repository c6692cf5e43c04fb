"""The recipe in which a tuned model votes: its weight is chosen on threads it has not seen."""

import numpy as np
import pytest

from bookkit.paths import RESULTS
from bookkit.reference import results
from recipes import tuned_voting as recipes

(RECIPE,) = recipes.TASKS["pretrained-tuned-vote"][1]
LABELS = np.arange(100) % 20


class Says:
    """Says what the rows say, for every second post the group before its own."""

    def fit(self, rows, labels):
        return self

    def decision_function(self, rows):
        return np.eye(20)[(rows - np.arange(len(rows)) % 2) % 20]


@pytest.fixture
def tuned_on(monkeypatch):
    """Let the tuned model be right about all posts, and the seven about half; give what it read."""
    texts = [f"post {number}" for number in range(100)]
    read = []

    def right(seed, taught, labels, asked, **settings):
        read.append(taught)
        held = [int(text.split()[1]) for text in asked[0]]
        assert not {f"all of {text}" for text in asked[0]} & {whole for _, whole in taught}
        said = [recipes.one_scale(np.eye(20)[LABELS[rows]]) for rows in (held, range(100))]
        return [(rows, -rows) for rows in said]

    view = ({"bodies": texts}, LABELS)
    monkeypatch.setattr(recipes, "load_view", lambda name: (texts, view, view))
    monkeypatch.setattr(recipes, "threads_of", lambda posts: [post[:-1] for post in posts])
    monkeypatch.setattr(
        recipes, "further_texts", lambda posts: [{"bodies": [f"all of {post}" for post in posts]}]
    )
    twice = [np.tile(LABELS, 2), LABELS]
    monkeypatch.setattr(recipes, "voters_features", lambda *both: {"words": twice})
    monkeypatch.setattr(recipes, "classifiers", lambda: {"words": Says()})
    monkeypatch.setattr(recipes, "_tuned_opinions", right)
    return read


def test_the_weight_is_chosen_on_threads_that_were_not_taught(tuned_on, measured):
    found = measured(RECIPE.run(0, **RECIPE.parameters))
    assert [len(posts) for posts in tuned_on] == [90]
    assert (found["seven_accuracy"], found["tuned_accuracy"]) == (0.5, 1)
    assert found["first_window_accuracy"] == 0
    # Equal votes go to the group named first, which is the wrong one but for group 0.
    assert found["weight"] == 1.5
    assert (found["test_accuracy"], found["held_out"]) == (1, 1)


class Drawn:
    """Stands for the batches of posts: one batch, of all."""

    ids: list = []

    def __iter__(self):
        return iter([self.ids])


def test_each_epoch_draws_one_window_of_each_text_by_its_length():
    long, short, one = [1] * 16, [2] * 4, [3]
    epochs = recipes._OneWindowEach(Drawn(), [[long, short], [one], [[]]], seed=0)
    seen = [next(iter(epochs)) for _ in range(400)]
    assert all(ids[1:] == [one, []] for ids in seen)
    # 16 + 2 of the 24 places are the long one's; four deviations of 400 draws are 0.087.
    assert np.mean([ids[0] == long for ids in seen]) == pytest.approx(18 / 24, abs=0.087)


@pytest.mark.weekly
def test_a_tuned_model_says_as_much_of_a_text_wherever_it_stands(tiny_minilm):
    texts = [f"word {'more ' * (5 * (number % 5))}" for number in range(40)]
    settings = {
        "length": 16, "windows": 2, "batch_size": 8, "epochs": 1, "learning_rate": 1e-3,
    }  # fmt: skip
    asked = [texts[:10], texts[9::-1]]
    posts = [(text, "subject") for text in texts]
    (found, first), (turned, _) = recipes._tuned_opinions(
        0, posts, np.arange(40) % 20, asked, **settings
    )
    assert found.shape == first.shape == (10, 20)
    np.testing.assert_allclose(found, turned[::-1], atol=0.05)  # sixteen bits
    assert found.mean(axis=1) == pytest.approx(np.zeros(10), abs=1e-6)
    differs = np.abs(found - first).max(axis=1) > 0
    assert not differs[[0, 5]].any(), "one word fits into the first window"
    assert differs[[4, 9]].all(), "twenty-one do not"


def test_what_the_page_concludes_holds_in_the_results():
    """More text helps the seven, and the eighth voter brings them past 76% with each seed."""
    document = results.load("pretrained-tuned-vote", RESULTS)
    seven, eight, alone, first = (
        np.array(results.values(document, RECIPE.name, name))
        for name in ("seven_accuracy", "test_accuracy", "tuned_accuracy", "first_window_accuracy")
    )
    assert len(eight) == 3
    assert (seven < eight).all()
    assert (eight > 0.76).all()
    assert (first < alone).all()
    votes = results.load("pretrained-vote", RESULTS)
    for name in ("test_accuracy", "held_out"):
        less, more = (
            np.mean(results.values(votes, recipe, name))
            for recipe in ("vote-stripped", "vote-further")
        )
        assert less + 0.005 < more
    assert set(seven) == set(results.values(votes, "vote-further", "test_accuracy"))
