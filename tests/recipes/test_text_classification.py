"""The recipes for text: five posts of each group, told apart by one word that nobody quotes."""

import json

import numpy as np
import pytest

from bookkit.paths import RESULTS
from bookkit.reference import results
from kerasbook.applications.text.posts import GROUPS
from recipes import text_classification as recipes

TASK = "text-classification"
RECIPES = {recipe.name: recipe for recipe in recipes.TASKS[TASK][1]}
SVMS = {name: recipe for name, recipe in RECIPES.items() if name.startswith("svm")}
POST = (
    "From: someone\nSubject: question\n\nIn article 1 he writes:\n> quoted\n{word} here\n--\nend\n"
)
# How many words every post has, beside that of its group: in the body it is `here` alone.
WORDS = {"kept": 11, "stripped": 1, "headers": 4}


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    folder = tmp_path / "newsgroups"
    folder.mkdir()
    for part, count in (("train", 5), ("test", 2)):
        posts = [
            {"text": POST.format(word=f"word{number}"), "label": group}
            for number, group in enumerate(GROUPS)
            for _ in range(count)
        ]
        lines = "".join(json.dumps(post) + "\n" for post in posts)
        (folder / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("kept", POST.format(word="word0")),
        ("stripped", "word0 here"),
        ("headers", "From: someone\nSubject: question"),
    ],
)
def test_a_view_is_the_part_of_a_post_that_it_names(view, text):
    (texts, labels), (test_texts, test_labels) = recipes._load(view)
    assert texts[:5] == test_texts[:2] + [text] * 3 == [text] * 5
    assert labels.tolist() == np.repeat(range(20), 5).tolist()
    assert test_labels.tolist() == np.repeat(range(20), 2).tolist()


def test_scores_by_hand(measured):
    # Class 0 has one hit of two and one false alarm: 1/2; class 1 one of one and one: 2/3. Class
    # 15 is missed, taken for 0, which is of its topic; 0 taken for 1 is not.
    answers, labels = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 15])
    found = recipes._scores(answers, labels, parameters=np.int64(7), train_s=1.2345)
    assert found["examples"]["test_accuracy"].tolist() == [True, False, True, False]
    assert measured(found) == {
        "test_accuracy": 0.5,
        "macro_f1": pytest.approx((1 / 2 + 2 / 3) / 20),
        "errors_within_topic": 0.5,
        "parameters": 7,
        "train_s": 1.23,
    }


def test_threads_are_subjects_without_what_an_answer_adds():
    posts = [
        "From: a\nSubject: Moon\n\nx",
        "Subject: Re: RE:  moon \nFrom: b\n\nSubject: other",
        "Subject: Remoon\n\nx",
        "no header",
    ]
    assert recipes.threads_of(posts) == ["moon", "moon", "remoon", "no header"]


def test_the_cost_is_chosen_on_threads_that_were_not_trained_on():
    # Two words tell the classes apart in every thread; a thread's own word tells nothing of others.
    texts = [f"{word} thread{i // 3}" for i, word in enumerate(["alpha", "beta"] * 30)]
    labels = np.array([0, 1] * 30)
    threads = [str(i // 3) for i in range(60)]
    cost, accuracy = recipes._choose(texts, labels, threads, candidates=[0.1, 1.0], seed=0)
    assert (cost, accuracy) == (0.1, 1.0), "the first of equals"
    worse, accuracy = recipes._choose(threads, labels, threads, candidates=[1.0], seed=0)
    assert worse == 1.0
    assert accuracy <= 0.75, "words of other threads say nothing"


@pytest.mark.parametrize("name", SVMS)
def test_the_svm_chooses_on_threads_and_tells_groups_apart_by_their_word(
    published, measured, monkeypatch, name
):
    # The posts made here have one subject; let each group's five be five threads.
    monkeypatch.setattr(recipes, "threads_of", lambda posts: [i % 5 for i in range(len(posts))])
    found = measured(SVMS[name].run(0, **SVMS[name].parameters))
    assert set(found) == set(published(TASK, name))
    assert found["C"] in recipes.CANDIDATES
    view = name.removeprefix("svm-")
    told = view != "headers"  # where all are alike, it guesses one group
    assert found["test_accuracy"] == found["random_split_accuracy"] == (1 if told else 1 / 20)
    # A weight for each word and class, and the biases.
    assert found["parameters"] == 20 * (WORDS[view] + 20 * told) + 20


@pytest.mark.weekly
def test_networks_see_words_and_their_count_of_parameters_follows():
    settings = {"view": "stripped", "epochs": 10, "batch_size": 20, "learning_rate": 0.02}
    bag = recipes._train_network(0, network="build_bag_network", **settings)
    assert bag["parameters"] == (21 * 128 + 128) + (128 * 20 + 20)
    assert bag["test_accuracy"] == 1
    settings |= {"vocabulary": 23, "length": 3}
    average = recipes._train_network(0, network="build_fasttext_network", **settings)
    assert average["parameters"] == 23 * 64 + (64 * 20 + 20)
    assert average["test_accuracy"] == 1


@pytest.mark.sampled("lstm-kept")
@pytest.mark.parametrize(
    "name", [name for name in RECIPES if name.endswith("-kept") and name not in SVMS]
)
def test_a_recipe_measures_what_its_results_hold(published, measured, name):
    parameters = RECIPES[name].parameters | {"epochs": 1}
    found = measured(RECIPES[name].run(0, **parameters))
    assert set(found) == set(published(TASK, name))
    if "vocabulary" in parameters:
        assert found["parameters"] == published(TASK, name)["parameters"]


@pytest.mark.parametrize("view", ["kept", "stripped"])
def test_the_bag_leads_by_more_than_three_standard_errors(view):
    document = results.load(TASK, RESULTS)
    lead, error = (
        results.compared(document, f"bag-{view}", "test_accuracy", statistic, f"minus=svm-{view}")
        for statistic in ("min", "error")
    )
    assert lead > 3 * error
