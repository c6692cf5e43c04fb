"""The recipes of few labels: one word tells posts apart, and a stand-in for MiniLM sees it, too."""

import json
import re

import numpy as np
import pytest

from kerasbook.applications.text.posts import GROUPS
from kerasbook.beyond.pretrained import stored
from recipes import kept, voting
from recipes import pretrained as recipes

RECIPES = {recipe.name: recipe for recipe in recipes.TASKS["pretrained-labels"][1]}
VOTES = {recipe.name: recipe for recipe in voting.TASKS["pretrained-vote"][1]}
POST = (
    "From: someone\nLines: 9\nSubject: question {number}\nOrganization:  here \n\n"
    "word{label} here\n\nend\n"
)


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Write posts, and let each text be an arrow to its group; returns the texts read."""
    (tmp_path / "newsgroups").mkdir()
    for part, count in (("train", 10), ("test", 2)):
        posts = [
            {"text": POST.format(label=label, number=f"{number}"), "label": group}
            for label, group in enumerate(GROUPS)
            for number in range(count)
        ]
        lines = "".join(json.dumps(post) + "\n" for post in posts)
        (tmp_path / "newsgroups" / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.setattr(kept, "STORE", tmp_path / "kept")
    monkeypatch.setattr(recipes, "LABELS", (5,))
    texts_read = []

    def window_vectors(texts):
        """Give each text an arrow; here: window_vectors."""
        texts_read.append(len(texts))
        found = [re.search(r"word(\d+)", text) for text in texts]
        rows = [np.eye(21)[int(match[1]) if match else 20] for match in found]
        return np.array(rows), np.arange(len(texts))

    monkeypatch.setattr(stored, "window_vectors", window_vectors)
    return texts_read


def test_a_view_is_what_is_counted_and_what_is_read():
    post = POST.format(label=3, number=1)
    assert recipes._views([post], "stripped") == {"words": ["word3 here"], "bodies": ["word3 here"]}
    kept = recipes._views([post], "kept")
    assert kept["words"] == [post]
    assert kept["headers"] == ["From: someone\nSubject: question 1\nOrganization:  here"]


@pytest.mark.parametrize("method", ["words", "vectors", "both"])
def test_what_tells_groups_apart_is_found_with_five_labels(read, measured, method):
    found = measured(RECIPES[f"{method}-stripped"].run(0, view="stripped", method=method))
    assert found == {"accuracy_100": 1.0, "accuracy_200": 1.0}


@pytest.mark.weekly
def test_a_network_learns_from_scratch_what_words_tell(read):
    found = RECIPES["network-stripped"].run(0, view="stripped", method="network")
    assert found["accuracy_100"] > 0.9


def test_a_text_is_read_once(read):
    for _ in range(2):
        RECIPES["vectors-stripped"].run(0, view="stripped", method="vectors")
    assert read == [200, 40]


def test_results_hold_a_metric_for_each_number_of_labels(published):
    for name in RECIPES:
        counts = [
            int(metric.removeprefix("accuracy_")) for metric in published("pretrained-labels", name)
        ]
        assert counts == [100, 200, 400, 1000, 2000, 11314]


def test_opinions_are_centered_and_scaled_and_an_empty_post_has_none():
    class Says:
        decision_function = staticmethod(lambda rows: np.array([[1.0, 2, 3], [5, 5, 5]]))

    found = voting.opinions(Says(), None)
    assert np.allclose(found, [[-(1.5**0.5), 0, 1.5**0.5], [0, 0, 0]])


def test_nobody_judges_a_thread_that_he_knows(read, monkeypatch):
    known = []

    class Notes:
        def fit(self, rows, labels):
            known.append(set(rows[:, 0].tolist()))
            return self

        def decision_function(self, rows):
            assert not known[-1] & set(rows[:, 0].tolist())
            return np.tile(np.arange(20.0), (len(rows), 1))

    monkeypatch.setattr(voting, "classifiers", lambda: {"words": Notes()})
    threads = [f"thread {number % 7}" for number in range(40)]
    rows = np.array([[number % 7] for number in range(40)])
    found = voting._unseen_opinions({"words": [rows]}, np.arange(40) % 20, threads, 5, seed=0)
    assert len(known) == 5
    assert found["words"].std(axis=1) == pytest.approx(np.ones(40))


def test_a_training_post_teaches_its_subject_and_what_is_stripped_from_it():
    post = "From: a@b\nSubject: Re: Mars\n\nAda writes:\n> is it red?\nYes.\n\n-- \nB"
    subjects, bodies = voting.further_texts([post])
    assert subjects == {"words": ["mars"], "bodies": ["mars"]}
    whole = "Ada writes:\n> is it red?\nYes.\n\n-- \nB"
    assert bodies == {"words": [whole], "bodies": [whole]}


def test_a_post_teaches_with_all_its_rows():
    class Notes:
        def fit(self, rows, labels):
            return rows.tolist(), labels.tolist()

    rows = np.array([[0], [1], [2], [10], [11], [12]])  # three posts, each of them twice
    taught = voting.teach(Notes(), rows, np.array([7, 8, 9]), np.array([0, 2]))
    assert taught == ([[0], [2], [10], [12]], [7, 9, 7, 9])


@pytest.mark.parametrize("name", VOTES)
def test_together_they_find_what_each_of_them_finds(read, measured, name):
    found = measured(VOTES[name].run(0, **VOTES[name].parameters))
    assert (found["test_accuracy"], found["vectors_accuracy"], found["held_out"]) == (1, 1, 1)
    assert found.keys() >= {f"{each}_held_out" for each in voting.classifiers()}
