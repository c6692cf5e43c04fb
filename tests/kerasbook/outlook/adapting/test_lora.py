import keras
import numpy as np
import pytest

from kerasbook.outlook.adapting.answers import careless_gigabytes, training_gigabytes
from kerasbook.outlook.adapting.lora import lora_forward, merge_lora

KERNEL, X = np.float32([[1, 2], [3, 4]]), np.float32([[1, 1]])
A, B = np.float32([[1], [2]]), np.float32([[0.5, -1]])


def test_the_narrow_way_by_hand():
    assert np.array(lora_forward(X, KERNEL, A, B)).tolist() == [[5.5, 3]]
    assert np.array(lora_forward(X, KERNEL, A, B, scale=0.5)).tolist() == [[4.75, 4.5]]


def test_merged_it_is_one_matrix():
    assert np.array(merge_lora(KERNEL, A, B)).tolist() == [[1.5, 1], [4, 2]]
    assert np.array(merge_lora(KERNEL, A, B, scale=2)).tolist() == [[2, 0], [5, 0]]


@pytest.mark.parametrize("alpha", [None, 6])
def test_keras_computes_the_same(alpha):
    generator = np.random.default_rng(0)
    x, kernel, a, b = (
        generator.normal(size=shape).astype("float32") for shape in ((5, 7), (7, 4), (7, 3), (3, 4))
    )
    layer = keras.layers.Dense(4, use_bias=False)
    layer.build((None, 7))
    layer.set_weights([kernel])
    layer.enable_lora(3, lora_alpha=alpha)
    layer.lora_kernel_a.assign(a)
    layer.lora_kernel_b.assign(b)
    scale = 1 if alpha is None else alpha / 3
    assert np.allclose(layer(x), lora_forward(x, kernel, a, b, scale), atol=1e-5)
    assert np.allclose(layer.kernel, merge_lora(kernel, a, b, scale), atol=1e-5)


def test_quantized_only_the_narrow_way_is_trained():
    layer = keras.layers.Dense(4, use_bias=False)
    layer.build((None, 8))
    layer.quantize("int8")
    layer.enable_lora(2)
    assert [weight.name for weight in layer.trainable_weights] == ["lora_kernel_a", "lora_kernel_b"]
    assert layer._kernel.dtype == "int8"


def test_gigabytes_of_the_exercise():
    assert training_gigabytes(8e9, 5e7, 1) == pytest.approx(8.8)
    assert careless_gigabytes(8e9, 5e7, 1) == pytest.approx(8.2)
