"""Vectors of texts: stored ones are read, others computed, and nothing is guessed."""

import hashlib

import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.applications.text.posts import read_posts
from kerasbook.beyond.pretrained import examples, stored

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", "sat", "dog"]


@pytest.fixture
def tiny(make_embedder):
    return make_embedder(WORDS, num_heads=1, hidden_dim=4, intermediate_dim=4)


@pytest.fixture
def computed(tiny, monkeypatch):
    """Let a tiny model stand for MiniLM; returns the texts that it reads."""
    monkeypatch.setattr(stored, "find_minilm", lambda: "minilm")
    monkeypatch.setattr(stored, "open_embedder", lambda folder: tiny)
    seen, read = [], stored.window_vectors
    monkeypatch.setattr(
        stored, "window_vectors", lambda texts: (seen.extend(texts), read(texts))[1]
    )
    return seen


def test_a_key_is_the_beginning_of_the_hash():
    assert stored.text_key("Köln") == int(hashlib.sha256("Köln".encode()).hexdigest()[:16], 16)


def test_windows_of_a_text_are_read_and_owned(tiny, computed):
    vectors, owners = stored.window_vectors(["a cat sat", "", "dog"])
    assert owners.tolist() == [0, 1, 2]
    alone = tiny.predict(["a cat sat"], verbose=0)
    assert np.allclose(vectors[0], alone[0], atol=1e-5)


def test_a_long_text_is_the_mean_of_its_windows_up_to_four():
    vectors = np.array([[1.0, 0], [0, 1], [0.6, 0.8]], "float32")
    found = stored.mean_of_windows(vectors, np.array([0, 0, 1]))
    assert np.allclose(found, [[0.5**0.5, 0.5**0.5], [0.6, 0.8]])


def test_what_is_stored_is_not_computed(computed, tiny):
    known = {stored.text_key("a cat"): np.array([0, 0, 0.6, 0.8])}
    found = stored.embed_texts(["dog", "a cat", "dog"], known)
    assert computed == ["dog", "dog"]
    assert found[1].tolist() == [0, 0, 0.6, 0.8]
    assert np.allclose(found[0], tiny.predict(["dog"], verbose=0)[0], atol=1e-5)
    assert len(known) == 1


def test_without_weights_what_is_not_stored_is_an_error_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert stored.read_stored_vectors() == {}
    with pytest.raises(FileNotFoundError, match="`make data NAME=minilm`"):
        stored.embed_texts(["a cat"], {})


def test_the_sample_knows_its_posts_and_what_the_page_asks(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    known = stored.read_stored_vectors()
    texts = [*examples.COMPARED, *examples.QUESTIONS]
    for part in ("train", "test"):
        texts += read_posts(SAMPLE / "newsgroups" / f"{part}.jsonl")[0]
    vectors = stored.embed_texts(texts, known)
    assert vectors.shape == (1109, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    cats = vectors[:3] @ vectors[:3].T
    assert cats[0, 1] > 0.3 > cats[0, 2]
