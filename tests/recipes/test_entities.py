"""The recipes for named entities: a dictionary scored by hand, a tagger on a few sentences."""

import json

import pytest

from bookkit.data.registry import SAMPLE
from recipes import entities as recipes

RECIPES = {
    (task, recipe.name): recipe
    for task, (_, entries) in recipes.TASKS.items()
    for recipe in entries
}
# Each sentence as words with their entities in brackets.
SENTENCES = {
    "train": ["[person Ada] lives in [location Paris] .", "[person Bob] likes it ."],
    "dev": ["[location Rome] is old ."],
    "test": ["[person Ada] met [person Bob] in [location Rome] .", "Paris is big ."],
}


def tagged(sentence):
    tokens, tags, tag = [], [], "O"
    for word in sentence.split():
        if word.startswith("["):
            tag = f"B-{word[1:]}"
            continue
        tokens.append(word.rstrip("]"))
        tags.append(tag)
        tag = "O"
    return {"tokens": tokens, "tags": tags}


@pytest.fixture
def wnut17(tmp_path, monkeypatch):
    (tmp_path / "wnut17").mkdir()
    for part, sentences in SENTENCES.items():
        lines = "".join(json.dumps(tagged(sentence)) + "\n" for sentence in sentences)
        (tmp_path / "wnut17" / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))


def test_a_dictionary_of_the_training_entities_is_scored_on_the_test(wnut17, measured):
    # It finds both persons, takes the second Paris for a place, and has not heard of Rome.
    assert measured(RECIPES["entities-wnut17", "dictionary"].run(0, data="wnut17")) == {
        "f1": pytest.approx(2 / 3),
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "macro_f1": pytest.approx((1 + 0) / 2),
        "parameters": 0,
    }


@pytest.mark.weekly
@pytest.mark.parametrize(("task", "tags"), [("entities-cluener", 21), ("entities-wnut17", 13)])
def test_taggers_measure_what_their_results_hold(published, measured, monkeypatch, task, tags):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    found = {}
    for name in ("softmax", "crf"):
        recipe = RECIPES[task, name]
        found[name] = measured(recipe.run(0, **recipe.parameters | {"epochs": 1, "units": 8}))
        assert set(found[name]) == set(published(task, name))
        assert all(0 <= found[name][score] <= 1 for score in found[name] if "f1" in score)
    # a score for each pair of tags that follow each other, and for each at either end
    assert found["crf"]["parameters"] - found["softmax"]["parameters"] == tags**2 + 2 * tags
