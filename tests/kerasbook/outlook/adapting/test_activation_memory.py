"""The page runs on the PyTorch backend; here PyTorch's own tensors stand for Keras's."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from kerasbook.outlook.adapting.activation_memory import (
    build_llama_with_lora,
    count_layer_bytes,
    lora_gradient,
    measure_saved_tensors,
)


def test_a_tanh_keeps_its_output_and_weights_do_not_count():
    weight = torch.ones(6, 4, requires_grad=True)
    x = torch.ones(5, 6)
    model = SimpleNamespace(weights=[SimpleNamespace(value=weight)])
    # the product keeps x, 5 * 6 floats, and the weight; tanh its output, 5 * 4
    assert measure_saved_tensors(lambda: torch.tanh(x @ weight), model) == 4 * (30 + 20)


@pytest.mark.parametrize("quantized", [False, True])
def test_a_layer_is_what_three_keep_more_than_two(monkeypatch, quantized):
    class Model:
        """Keeps the output of a tanh for each layer, and doubles it when quantized."""

        weights = ()

        def __init__(self, *, num_layers, width, dtype):
            assert dtype == ("mixed_bfloat16" if quantized else "bfloat16")
            self.depth, self.width, self.calls = num_layers, width, []

        def quantize(self, mode):
            self.calls.append(mode)
            self.width *= 2

        def enable_lora(self, rank):
            self.calls.append(rank)

        def __call__(self, inputs):
            assert self.calls == (["int8", 8] if quantized else [8])
            assert inputs["token_ids"].shape == inputs["padding_mask"].shape == (1, 5)
            x = torch.zeros(5, self.width, requires_grad=True)
            for _ in range(self.depth):
                x = torch.tanh(x)

    monkeypatch.setattr("keras_hub.models.Llama3Backbone", Model)
    wide = 8 if quantized else 4
    assert count_layer_bytes({"width": 4}, 5, quantized=quantized) == 4 * 5 * wide
    assert build_llama_with_lora({"width": 4}, 7, quantized=quantized).depth == 7


@pytest.mark.parametrize("counted", [[True, True], [True, False]])
def test_the_gradient_is_that_of_the_cross_entropy_of_tokens_that_count(counted):
    scores = torch.zeros(1, 2, 3, requires_grad=True)

    class Model:
        trainable_weights = (SimpleNamespace(value=scores),)

        def preprocessor(self, texts):
            return None, torch.tensor([[0, 2]]), torch.tensor([counted])

        def __call__(self, inputs, training):
            return scores * 1.0

    gradient = lora_gradient(Model(), ["ab"]).reshape(2, 3)
    n = sum(counted)
    third = 1 / 3 / n  # softmax of zeros, the mean over tokens
    assert np.allclose(gradient[0], [third - 1 / n, third, third])
    second = [third, third, third - 1 / n] if counted[1] else [0, 0, 0]
    assert np.allclose(gradient[1], second)
    assert math.isclose(gradient.sum(), 0, abs_tol=1e-6)
