"""Memory that training needs, counted from variables and predicted."""

import math
import re


def variable_bytes(variables):
    """Add up the bytes of Keras's variables, from shape and type alone."""
    bits = [int(re.findall(r"\d+", v.dtype)[-1]) for v in variables]  # ①
    sizes = [math.prod(v.shape) for v in variables]
    return sum(n * b for n, b in zip(sizes, bits, strict=True)) // 8


def count_training_bytes(model):
    """Count the bytes that training with Adam needs, activations apart."""
    trained = variable_bytes(model.trainable_weights)
    return {
        "weights": variable_bytes(model.weights),
        "gradients": trained,
        "moments": 2 * trained,
    }


def predict_training_bytes(frozen, trained, *, frozen_bytes, trained_bytes):
    """Predict the bytes that training with Adam needs, activations apart.

    Args:
        frozen: how many numbers stay as they are.
        trained: how many numbers training changes.
        frozen_bytes: bytes of each frozen number.
        trained_bytes: bytes of each trained number.
    """
    each = trained * trained_bytes
    return {
        "weights": frozen * frozen_bytes + each,
        "gradients": each,
        "moments": 2 * each,
    }


def predict_activation_bytes(config, tokens, *, quantized=False):
    """Bytes of activations that a Llama layer with LoRA keeps.

    Args:
        config: arguments of `Llama3Backbone`.
        tokens: tokens in a batch, padding included.
        quantized: whether the frozen weights are int8, not bfloat16.
    """
    width, hidden = config["hidden_dim"], config["intermediate_dim"]
    mask = 2 * tokens**2  # which tokens may look at which, in bfloat16
    values = width * config["num_key_value_heads"] // config["num_query_heads"]
    if quantized:
        return tokens * (28 * width + 10 * hidden) + mask
    merged = 2 * width * (width + values)  # W + AB of queries and values
    copied = 2 * width * width  # the matrix after attention, rearranged
    return tokens * (26 * width + 8 * hidden) + mask + merged + copied
