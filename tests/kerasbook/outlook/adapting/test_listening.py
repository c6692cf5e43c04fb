"""The page runs on the PyTorch backend; here PyTorch's own tensors stand for Keras's."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from kerasbook.outlook.adapting.listening import count_kept_bytes, lora_gradient


def test_a_tanh_keeps_its_output_and_weights_do_not_count():
    weight = torch.ones(6, 4, requires_grad=True)
    x = torch.ones(5, 6)
    model = SimpleNamespace(weights=[SimpleNamespace(value=weight)])
    # the product keeps x, 5 * 6 floats, and the weight; tanh its output, 5 * 4
    assert count_kept_bytes(lambda: torch.tanh(x @ weight), model) == 4 * (30 + 20)


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
