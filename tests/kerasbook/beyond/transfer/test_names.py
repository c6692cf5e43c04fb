"""PyTorch's names and axes, and what Keras calls and orders them."""

import numpy as np
import pytest
import torch

from bookkit.data.registry import SAMPLE
from kerasbook.beyond.transfer import names as page
from kerasbook.weight_files import assign_weights


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_conv_stem.weight", "conv_stem/kernel"),
        ("_bn0.weight", "bn0/gamma"),
        ("_bn0.bias", "bn0/beta"),
        ("_blocks.0._bn1.running_mean", "blocks_0_bn1/moving_mean"),
        ("_blocks.15._bn2.running_var", "blocks_15_bn2/moving_variance"),
        ("_blocks.3._depthwise_conv.weight", "blocks_3_depthwise_conv/kernel"),
        ("_fc.weight", "fc/kernel"),
        ("_fc.bias", "fc/bias"),
    ],
)
def test_names(name, expected):
    assert page.keras_name(name) == expected


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("_conv_stem.weight", (32, 3, 5, 7), (5, 7, 3, 32)),
        ("_blocks.0._depthwise_conv.weight", (32, 1, 5, 7), (5, 7, 32, 1)),
        ("_fc.weight", (10, 4), (4, 10)),
        ("_fc.bias", (10,), (10,)),
    ],
)
def test_axes(name, shape, expected):
    assert page.keras_axes(name, np.zeros(shape)).shape == expected


def test_every_weight_keeps_its_place():
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    turned = page.keras_axes("_conv_head.weight", array)
    assert turned[3, 4, 2, 1] == array[1, 2, 3, 4]


def test_a_layer_of_pytorch_computes_the_same_in_keras():
    import keras

    torch.manual_seed(0)
    layers = {
        "_wide_conv": torch.nn.Conv2d(3, 8, (2, 3), bias=False),
        "_depthwise_conv": torch.nn.Conv2d(8, 8, (3, 2), groups=8, bias=False),
    }
    arrays = {f"{name}.weight": layer.weight.detach().numpy() for name, layer in layers.items()}
    inputs = keras.Input((9, 9, 3))
    x = keras.layers.Conv2D(8, (2, 3), use_bias=False, name="wide_conv")(inputs)
    x = keras.layers.DepthwiseConv2D((3, 2), use_bias=False, name="depthwise_conv")(x)
    model = keras.Model(inputs, x)
    assign_weights(model, page.translate_weights(arrays))
    images = np.random.default_rng(0).normal(size=(2, 9, 9, 3)).astype("float32")
    with torch.no_grad():
        expected = torch.nn.Sequential(*layers.values())(torch.tensor(images.transpose(0, 3, 1, 2)))
    found = model.predict(images, verbose=0)
    assert np.allclose(found, expected.numpy().transpose(0, 2, 3, 1), atol=1e-5)


def test_blocks_are_counted_once_each():
    arrays = dict.fromkeys(("_bn0.bias", "_blocks.0._bn1.bias", "_blocks.0._bn2.bias"))
    assert page.count_blocks(arrays) == 1
    assert page.count_blocks(arrays | {"_blocks.10._bn1.bias": None}) == 2


def test_the_loader_finds_the_data_folder(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    arrays = page.load_lite0_arrays()
    assert page.count_blocks(arrays) == 11
    assert sum(array.size for array in arrays.values()) == 716_928


def test_without_data_the_loader_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"Lite0 were not found\. Unpack .*sample-data"):
        page.load_lite0_arrays()
