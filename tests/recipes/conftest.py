"""What the tests of all recipes share: what the published runs measured."""

import numpy as np
import pytest

from bookkit.data.registry import SAMPLE
from bookkit.paths import RESULTS
from bookkit.reference import results


@pytest.fixture(scope="session")
def published():
    """Return a function that gives the metrics of the first published run of a recipe."""

    def metrics(task, name):
        recipes = {each["name"]: each for each in results.load(task, RESULTS)["recipes"]}
        return recipes[name]["runs"][0]["metrics"]

    return metrics


@pytest.fixture(scope="session")
def measured():
    """Return a function that takes the scores of examples out of what a run found.

    The mean of each must be its metric.
    """

    def metrics(found):
        for name, scores in found["examples"].items():
            assert np.ndim(scores) == 1
            assert np.mean(scores) == pytest.approx(found[name])
        return {name: value for name, value in found.items() if name != "examples"}

    return metrics


@pytest.fixture(scope="session")
def write_cifar10():
    """Return a function that writes images as CIFAR-10; the last ones are its test."""

    def write(folder, images, labels, tests):
        np.savez(
            folder / "cifar10.npz",
            x_train=images[:-tests],
            y_train=labels[:-tests],
            x_test=images[-tests:],
            y_test=labels[-tests:],
        )

    return write


@pytest.fixture
def tiny_minilm(monkeypatch):
    """Let a tiny network of random weights stand for MiniLM."""
    keras_hub = pytest.importorskip("keras_hub", reason="needs keras-hub, of the group pages")
    import keras

    from kerasbook.beyond.pretrained import folder

    models = keras_hub.models
    keras.utils.set_random_seed(0)
    tokenizer = models.BertTokenizer(str(SAMPLE / "minilm" / "vocab.txt"), lowercase=True)
    backbone = models.BertBackbone(
        vocabulary_size=tokenizer.vocabulary_size(),
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=8,
        max_sequence_length=128,
    )
    packer = models.BertTextEmbedderPreprocessor(tokenizer, sequence_length=16)
    embedder = models.BertTextEmbedder(backbone, packer)
    monkeypatch.setattr(folder, "find_minilm", lambda: "minilm")
    monkeypatch.setattr(folder, "open_embedder", lambda where: embedder)
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    yield backbone
    keras.config.set_dtype_policy("float32")
