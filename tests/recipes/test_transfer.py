"""The recipes on borrowed features: they run as written, on a few images and random weights."""

import keras
import numpy as np
import pytest

from kerasbook.beyond.transfer.lite import build_lite0
from recipes import kept
from recipes import transfer as recipes

SIZE = 32


def torch_names(network):
    """Return the network's weights as PyTorch has them: kernels turned, other names."""
    kinds = {
        "kernel": "weight", "gamma": "weight", "beta": "bias", "bias": "bias",
        "moving_mean": "running_mean", "moving_variance": "running_var",
    }  # fmt: skip
    for weight in network.weights:
        layer, kind = weight.path.split("/")
        if layer.startswith("blocks_"):
            _, number, *rest = layer.split("_")
            layer = f"_blocks.{number}._{'_'.join(rest)}"
        else:
            layer = f"_{layer}"
        array = weight.numpy()
        if array.ndim == 4:
            axes = (2, 3, 0, 1) if "depthwise" in layer else (3, 2, 0, 1)
            array = array.transpose(axes)
        yield f"{layer}.{kinds[kind]}", array.T if array.ndim == 2 else array


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_cifar10):
    """Write images whose brightness tells their class, and a network's random weights."""
    folder = tmp_path_factory.mktemp("data")
    labels = np.arange(140) % 10
    images = np.random.default_rng(0).integers(0, 20, (140, 32, 32, 3), dtype=np.uint8)
    images += (25 * labels)[:, None, None, None].astype(np.uint8)
    write_cifar10(folder, images, labels, tests=40)
    keras.utils.set_random_seed(0)
    (folder / "lite0").mkdir()
    np.savez(folder / "lite0" / "weights.npz", **dict(torch_names(build_lite0(SIZE))))
    return folder


@pytest.fixture(autouse=True)
def surroundings(folder, monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(folder))
    monkeypatch.setattr(kept, "STORE", folder / "features")


def run(task, name, **changed):
    (recipe,) = (one for one in recipes.TASKS[task][1] if one.name == name)
    changed = {key: value for key, value in changed.items() if key in recipe.parameters}
    return recipe.run(0, **(recipe.parameters | changed))


@pytest.mark.weekly
@pytest.mark.parametrize("name", ["last-linear", "all-linear", "all-dense", "larger-dense"])
def test_heads_are_fitted_and_asked(measured, name):
    found = measured(run("transfer", name, size=SIZE, held_out=20, epochs=1))
    assert found["features"] == (1280 if name == "last-linear" else 3088)
    assert ("penalty" in found) == name.endswith("linear")
    shares = [value for key, value in found.items() if key.endswith("accuracy")]
    assert all(0 <= share <= 1 for share in shares)
    assert found["test_accuracy"] > 0.2 or name != "all-linear"  # the early blocks see color
    assert keras.mixed_precision.dtype_policy().name == "float32"  # as it was


def test_features_are_computed_once(folder):
    images = np.zeros((3, 32, 32, 3), "uint8")
    first, seconds = recipes.image_features(images, SIZE)
    files = set((folder / "features").iterdir())
    again, as_before = recipes.image_features(images, SIZE)
    assert np.array_equal(first, again)
    assert seconds == as_before
    assert set((folder / "features").iterdir()) == files
    recipes.image_features(images + 1, SIZE)
    assert len(set((folder / "features").iterdir()) - files) == 1


@pytest.mark.sampled("borrowed")
@pytest.mark.parametrize("name", ["borrowed", "scratch"])
def test_few_labels_give_a_metric_each(monkeypatch, measured, name):
    monkeypatch.setattr(recipes, "COUNTS", (2, 5))
    found = run("transfer-labels", name, size=SIZE, counts=[2, 5], batch_size=10, shown=50)
    found = measured(found)
    assert list(found) == ["accuracy_2", "accuracy_5"]
    assert all(0 <= share <= 1 for share in found.values())


@pytest.mark.weekly
def test_sizes_say_what_they_cost(measured):
    found = measured(run("transfer-sizes", "size-96", size=SIZE, taught=50, held_out=30))
    assert found["ms_per_image"] >= 0
    assert found["kept_accuracy"] == found["validation_accuracy"]  # nothing is changed


@pytest.mark.sampled("as-here")
@pytest.mark.parametrize(
    "name", [recipe.name for recipe in recipes.TASKS["transfer-conventions"][1]]
)
def test_conventions_change_features_but_for_the_usual(measured, name):
    found = measured(run("transfer-conventions", name, size=SIZE, taught=50, held_out=30))
    (recipe,) = (one for one in recipes.TASKS["transfer-conventions"][1] if one.name == name)
    conventions = recipe.parameters.keys() - {"size", "taught", "held_out"}
    assert bool(conventions) == (name != "as-here")
    images = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3)).astype("uint8")
    usual, other = (
        recipes.build_extractor(SIZE, **given).predict(images, verbose=0)
        for given in ({}, {key: recipe.parameters[key] for key in conventions})
    )
    assert np.allclose(usual, other, atol=1e-4) == (name == "as-here")
    assert set(found) == {"validation_accuracy", "kept_accuracy", "ms_per_image"}


def test_padding_evenly_is_what_pytorch_does():
    import torch

    inputs = keras.Input((8, 8, 2))
    layer = keras.layers.DepthwiseConv2D(5, 2, padding="same", use_bias=False)
    model = recipes._pad_evenly(keras.Model(inputs, layer(inputs)))
    x = np.random.default_rng(0).normal(size=(1, 8, 8, 2)).astype("float32")
    kernel = torch.tensor(model.get_weights()[0].transpose(2, 3, 0, 1))
    theirs = torch.nn.functional.conv2d(
        torch.tensor(x.transpose(0, 3, 1, 2)), kernel, stride=2, padding=2, groups=2
    )
    found = model.predict(x, verbose=0)
    assert np.allclose(found, theirs.numpy().transpose(0, 2, 3, 1), atol=1e-5)


def test_the_sample_does_not_do(monkeypatch):
    from bookkit.data.registry import SAMPLE

    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    with pytest.raises(ValueError, match=r"run `make data NAME=lite0`\. Received: 11 blocks"):
        recipes.build_extractor(SIZE)
