"""Small networks of MiniLM's kind, with random weights."""

import keras
import keras_hub
import pytest

SIZES = {
    "vocabulary_size": 9,
    "num_layers": 1,
    "num_heads": 2,
    "hidden_dim": 8,
    "intermediate_dim": 8,
    "max_sequence_length": 16,
}


@pytest.fixture(scope="session")
def make_backbone():
    """Return a function that builds a backbone, its sizes changed as wanted."""

    def make(**sizes):
        keras.utils.set_random_seed(0)
        return keras_hub.models.BertBackbone(**(SIZES | sizes))

    return make


@pytest.fixture(scope="session")
def make_embedder(make_backbone):
    """Return a function that builds an embedder with a vocabulary, its sizes changed as wanted."""

    def make(words, **sizes):
        backbone = make_backbone(vocabulary_size=len(words), **sizes)
        tokenizer = keras_hub.models.BertTokenizer(words, lowercase=True)
        packer = keras_hub.models.BertTextEmbedderPreprocessor(
            tokenizer, sequence_length=backbone.max_sequence_length
        )
        return keras_hub.models.BertTextEmbedder(backbone, packer)

    return make
