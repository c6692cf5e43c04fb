"""The recipes that adapt a model: a tiny one stands for MiniLM, and what they tell is checked."""

import keras
import numpy as np
import pytest

from bookkit.paths import RESULTS
from bookkit.reference import results
from recipes import adapting as recipes

TASKS = {task: {one.name: one for one in entries} for task, (_, entries) in recipes.TASKS.items()}
TRAINING = {"epochs": 1, "learning_rate": 1e-3}


def test_the_second_segment_begins_like_the_first(tiny_minilm):
    backbone, _ = recipes.open_minilm()
    table = np.asarray(backbone.segment_embedding.embeddings)
    assert np.array_equal(table[0], table[1])
    assert keras.config.dtype_policy().name == "mixed_bfloat16"


@pytest.mark.sampled("frozen-180")
@pytest.mark.parametrize(("way", "trainable"), [("frozen", 8 * 20 + 20), ("full", None)])
def test_posts_are_drawn_trained_on_and_tested(tiny_minilm, measured, way, trainable):
    found = measured(recipes._adapt(1, way=way, per_class=1, tested=40, length=16, **TRAINING))
    assert (found["labels"], found["tested"]) == (20, 40)
    assert found["test_accuracy"] * 40 == pytest.approx(round(found["test_accuracy"] * 40))
    # all but the layer that BERT has for whole texts, which the mean does without
    everything = tiny_minilm.count_params() - tiny_minilm.pooled_dense.count_params() + 8 * 20 + 20
    assert found["trainable"] == (trainable or everything)


@pytest.mark.weekly
def test_sentences_are_tagged_and_scored(tiny_minilm, measured):
    found = measured(recipes._tag(0, way="lora", parts=["train", "dev"], asked="test", **TRAINING))
    assert 0 <= found["f1"] <= 1
    # query and value: A of 8 x 2 x 4, B of 4 x 4, a bias of 8; a head for O and two for each type
    assert found["trainable"] == 2 * (8 * 2 * 4 + 4 * 4 + 8) + 8 * 13 + 13


def test_results_hold_what_the_page_tells(published):
    for task, metrics in (
        ("pretrained-adapting", {"test_accuracy", "labels", "tested"}),
        ("pretrained-entities", {"f1", "precision", "recall"}),
    ):
        for name in TASKS[task]:
            assert published(task, name).keys() >= metrics | {"trainable", "training_cpu_s"}


def test_what_the_page_concludes_holds_in_the_results():
    """On posts, frozen or full is ahead by turns; on names, full is ahead with each seed."""
    posts, names = (results.load(task, RESULTS) for task in TASKS)
    frozen, full = (
        np.array(results.values(posts, way, "test_accuracy")) for way in ("frozen", "full")
    )
    assert len(set(frozen > full)) == 2
    least = min(results.values(names, "full", "f1"))
    assert least > 0.4  # the goal
    assert least > max(max(results.values(names, way, "f1")) for way in ("frozen", "lora"))
