"""The recipe of the page on attention: a tiny network reads the sample, and writes."""

import keras
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.outlook.attention import texts
from recipes import language_model as recipes

TINY = {"width": 8, "heads": 2, "blocks": 1, "dropout": 0.0, "learning_rate": 1e-2}


def test_a_run_counts_trains_and_writes(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    train, test = texts.load_texts("tales")
    monkeypatch.setattr(texts, "load_texts", lambda name: ("\n" + train[:2999], test[:200]))
    monkeypatch.setattr(recipes, "TEMPERATURES", (0.5, 1.0))
    found = recipes._train(
        1, texts="tales", orders=[1, 2], beginnings=["\n", "\nT"], folder=tmp_path / "kept",
        context=12, steps=8, batch_size=4, **TINY,
    )  # fmt: skip
    assert found["characters"] == 3000
    assert 1 < found["ngram_perplexity"] < found["known"]
    assert found["ngram_order"] == 2
    assert 1 < found["perplexity"] < 2 * found["known"]
    ratio = found["ngram_perplexity"] / found["perplexity"]
    assert found["log_gap"] == pytest.approx(np.log(ratio), abs=1e-5)
    assert 0 < found["log_gap_error"] < 1
    assert keras.config.dtype_policy().name == "float32"
    written = (tmp_path / "kept" / "tales-1.txt").read_text("utf-8")
    assert written.count("temperature 0.5\n") == written.count("temperature 1.0\n") == 2


def test_the_network_that_is_scored_is_the_one_that_was_trained():
    token_ids = np.arange(200) % 3
    model, seconds, processor = recipes._learn(
        0, token_ids, 3, context=6, steps=60, batch_size=8, **TINY
    )
    assert model.get_layer("embed").compute_dtype == "float32"
    assert np.asarray(model.predict_on_batch(np.array([[0, 1, 2]])))[0, -1].argmax() == 0
    assert seconds > 0
    assert processor > 0


def test_the_best_order_counts():
    text = "the cat and the hat and the rat " * 20
    order, probabilities = recipes._count(text, text[:60], len(set(text)), [1, 3])
    assert order == 3
    assert np.array_equal(probabilities, recipes._count(text, text[:60], len(set(text)), [3])[1])
