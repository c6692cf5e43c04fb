"""Costs against numbers by hand, and against another count of FLOPs."""

import math

import keras
import pytest

from kerasbook.beyond.faster.scoring import forward_flops
from kerasbook.beyond.profiling.costs import (
    break_even_steps,
    check_fixed_size,
    flops_and_bytes,
    roofline_seconds,
    step_seconds,
)
from kerasbook.beyond.profiling.network import build_photo_network


def test_a_dense_layer_by_hand():
    model = keras.Sequential([keras.Input((1000,)), keras.layers.Dense(1000, name="d")])
    flops, num_bytes = flops_and_bytes(model, 100)["d"]
    assert flops == 2 * 100 * 1000 * 1000
    assert num_bytes == 4 * (100_000 + 100_000 + 1_001_000)


def test_a_convolution_by_hand():
    flops, num_bytes = flops_and_bytes(build_photo_network(), 2)["conv_16"]
    assert flops == 2 * 2 * 32 * 32 * 27 * 16
    assert num_bytes == 4 * (2 * 32 * 32 * (3 + 16) + 27 * 16 + 16)


def test_pooling_only_moves():
    flops, num_bytes = flops_and_bytes(build_photo_network(), 1)["pool_16"]
    assert flops == 0
    assert num_bytes == 4 * 16 * (32 * 32 + 16 * 16)


def test_flops_agree_with_another_count():
    model = build_photo_network()
    total = sum(flops for flops, _ in flops_and_bytes(model, 3).values())
    assert total == 3 * forward_flops(model)


def test_the_slower_of_two_rates_counts():
    rates = {"flops_per_s": 100, "bytes_per_s": 10}
    assert roofline_seconds(200, 10, **rates) == 2
    assert roofline_seconds(200, 30, **rates) == 3


def test_a_step_by_hand():
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(10)])
    found = step_seconds(model, 5, flops_per_s=1000, bytes_per_s=1e5)
    adam = 28 * 110 / 1e5
    assert found == pytest.approx(3 * (2 * 5 * 10 * 10) / 1000 + adam)


def test_a_network_for_any_size():
    with pytest.raises(ValueError, match=r"photos of one size\. Received"):
        check_fixed_size(build_photo_network(size=None))
    with pytest.raises(ValueError, match="photos of one size"):
        flops_and_bytes(build_photo_network(size=None), 1)


def test_when_compiling_pays():
    assert break_even_steps(30, 20, 14) == 5000
    assert break_even_steps(0.001, 20, 14) == 1
    assert break_even_steps(-1, 20, 14) == 0
    assert break_even_steps(1, 14, 20) == math.inf
    assert break_even_steps(1, 14, 14) == math.inf
