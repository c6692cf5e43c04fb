"""The rebuilt network gives what the same network gives in PyTorch, with the same weights."""

import keras
import numpy as np
import pytest
import torch
from torch.nn import functional

from bookkit.data.registry import FULL, SAMPLE
from kerasbook.beyond.transfer import lite as page
from kerasbook.beyond.transfer.names import count_blocks, translate_weights
from kerasbook.weight_files import assign_weights, read_arrays

# Channels in, expanded, out; kernel size and stride: the table of the paper's B0, block by block.
TABLE = [
    (32, 32, 16, 3, 1),
    (16, 96, 24, 3, 2), (24, 144, 24, 3, 1),
    (24, 144, 40, 5, 2), (40, 240, 40, 5, 1),
    (40, 240, 80, 3, 2), (80, 480, 80, 3, 1), (80, 480, 80, 3, 1),
    (80, 480, 112, 5, 1), (112, 672, 112, 5, 1), (112, 672, 112, 5, 1),
    (112, 672, 192, 5, 2), *[(192, 1152, 192, 5, 1)] * 3,
    (192, 1152, 320, 3, 1),
]  # fmt: skip


def shapes_of(num_blocks):
    """Return the shapes of PyTorch's arrays by their names."""
    shapes = {"_conv_stem.weight": (32, 3, 3, 3), **norm("_bn0", 32)}
    for number, (given, wide, out, kernel_size, _) in enumerate(TABLE[:num_blocks]):
        block = f"_blocks.{number}"
        if wide != given:
            shapes[f"{block}._expand_conv.weight"] = (wide, given, 1, 1)
            shapes |= norm(f"{block}._bn0", wide)
        shapes[f"{block}._depthwise_conv.weight"] = (wide, 1, kernel_size, kernel_size)
        shapes[f"{block}._project_conv.weight"] = (out, wide, 1, 1)
        shapes |= norm(f"{block}._bn1", wide) | norm(f"{block}._bn2", out)
    if num_blocks == len(TABLE):
        shapes |= {"_conv_head.weight": (1280, 320, 1, 1), **norm("_bn1", 1280)}
        shapes |= {"_fc.weight": (1000, 1280), "_fc.bias": (1000,)}
    return shapes


def norm(name, channels):
    return {
        f"{name}.{kind}": (channels,) for kind in ("weight", "bias", "running_mean", "running_var")
    }


def random_arrays(num_blocks):
    generator = np.random.default_rng(0)
    arrays = {}
    for name, shape in shapes_of(num_blocks).items():
        fan_in = np.prod(shape[1:]) if len(shape) > 1 else 1
        arrays[name] = generator.normal(0, fan_in**-0.5, shape).astype("float32")
        if name.endswith("running_var") or ("bn" in name and name.endswith("weight")):
            arrays[name] = generator.uniform(0.5, 1.5, shape).astype("float32")
    return arrays


def evaluate(arrays, images):
    """Compute the network with PyTorch's functions; `images` are channels last."""
    w = {name: torch.tensor(np.float32(array)) for name, array in arrays.items()}

    def conv(x, name, stride=1, groups=1):
        kernel_size = w[name].shape[-1]
        total = max((-(-x.shape[-1] // stride) - 1) * stride + kernel_size - x.shape[-1], 0)
        x = functional.pad(x, (total // 2, total - total // 2) * 2)
        return functional.conv2d(x, w[name], stride=stride, groups=groups)

    def normal(x, name):
        names = ("running_mean", "running_var", "weight", "bias")
        return functional.batch_norm(x, *(w[f"{name}.{one}"] for one in names), eps=1e-3)

    relu6 = functional.relu6
    x = torch.tensor(images.transpose(0, 3, 1, 2))
    x = relu6(normal(conv(x, "_conv_stem.weight", 2), "_bn0"))
    for number in range(count_blocks(arrays)):
        given, wide, out, _, stride = TABLE[number]
        block, before = f"_blocks.{number}", x
        if wide != given:
            x = relu6(normal(conv(x, f"{block}._expand_conv.weight"), f"{block}._bn0"))
        x = conv(x, f"{block}._depthwise_conv.weight", stride, groups=wide)
        x = conv(relu6(normal(x, f"{block}._bn1")), f"{block}._project_conv.weight")
        x = normal(x, f"{block}._bn2")
        x = x + before if stride == 1 and given == out else x
    if "_fc.weight" not in w:
        return x.numpy().transpose(0, 2, 3, 1)
    x = relu6(normal(conv(x, "_conv_head.weight"), "_bn1")).mean((2, 3))
    return functional.linear(x, w["_fc.weight"], w["_fc.bias"]).numpy()


def real_images(size, number=4):
    """Return CIFAR-10 images as the network wants them."""
    with np.load(SAMPLE / "cifar10.npz") as archive:
        images = (np.float32(archive["x_test"][:number]) - 127) / 128
    return keras.ops.convert_to_numpy(keras.ops.image.resize(images, (size, size)))


@pytest.mark.parametrize("size", [64, 97])
def test_random_weights_give_the_logits_of_pytorch(size):
    model, arrays = page.build_lite0(size), random_arrays(16)
    assign_weights(model, translate_weights(arrays))
    images = real_images(size)
    expected = evaluate(arrays, images)
    assert expected.shape == (4, 1000)
    assert np.abs(expected).max() > 0.1
    assert np.allclose(model.predict(images, verbose=0), expected, atol=1e-5)


def test_the_real_first_blocks_give_the_maps_of_pytorch():
    arrays = read_arrays(SAMPLE / "lite0" / "weights.npz")
    model = page.build_lite0(96, count_blocks(arrays))
    assign_weights(model, translate_weights(arrays))
    images = real_images(96)
    maps = model.predict(images, verbose=0)
    assert maps.shape == (4, 6, 6, 112)
    assert np.allclose(maps, evaluate(arrays, images), atol=1e-4)


@pytest.mark.skipif(
    not (FULL / "lite0" / "weights.npz").is_file(), reason="needs `make data NAME=lite0`"
)
def test_the_real_network_gives_the_logits_of_pytorch():
    arrays = read_arrays(FULL / "lite0" / "weights.npz")
    model = page.build_lite0(224)
    assign_weights(model, translate_weights(arrays))
    images = real_images(224)
    expected = evaluate(arrays, images)
    assert 3 < np.abs(expected).max() < 30
    assert np.abs(model.predict(images, verbose=0) - expected).max() < 1e-4


def test_all_blocks_have_as_many_weights_as_the_file():
    model = page.build_lite0(64)
    expected = {name: tuple(np.zeros(shape).T.shape) for name, shape in shapes_of(16).items()}
    assert len(model.weights) == len(expected)
    assert model.count_params() == sum(int(np.prod(shape)) for shape in shapes_of(16).values())
    assert model.output_shape == (None, 1000)


def test_fewer_blocks_end_in_maps():
    assert page.build_lite0(96, 5).output_shape == (None, 12, 12, 40)
    assert page.build_lite0(96, 11).count_params() == 716_928


def test_a_block_adds_what_came_in_only_where_the_shape_stays():
    def adds(kernel_size, stride, channels):
        inputs = keras.Input((8, 8, 24))
        outputs = page.inverted_residual(inputs, "blocks_1", kernel_size, stride, 6, channels)
        kinds = [type(layer) for layer in keras.Model(inputs, outputs).layers]
        return keras.layers.Add in kinds

    assert adds(3, 1, 24)
    assert not adds(3, 1, 40)
    assert not adds(3, 2, 24)


def test_activation_ends_at_six():
    inputs = keras.Input((1, 1, 1))
    model = keras.Model(inputs, page.batch_norm_relu6(inputs, "bn0"))
    values = np.array([-3, 2, 50], "float32").reshape(3, 1, 1, 1)
    scale = (1 + 1e-3) ** -0.5  # variance 1 and the epsilon
    assert np.allclose(model.predict(values, verbose=0).ravel(), [0, 2 * scale, 6])
