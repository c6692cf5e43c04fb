"""Activations that PyTorch keeps for the backward pass; LoRA's gradient."""

import keras_hub
import numpy as np
import torch


def measure_saved_tensors(forward, model):
    """Bytes that PyTorch saves in the forward pass for the backward pass.

    Args:
        forward: function without arguments; runs the model.
        model: whose own weights do not count.
    """
    kept = {}

    def note(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage  # ①
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda kept: kept):
        forward()
    for weight in model.weights:
        kept.pop(weight.value.untyped_storage().data_ptr(), None)
    return sum(storage.nbytes() for storage in kept.values())


def build_llama_with_lora(settings, depth, *, quantized):
    """Build a Llama of `depth` layers with LoRA, frozen in bfloat16 or int8."""
    dtype = "mixed_bfloat16" if quantized else "bfloat16"
    sizes = settings | {"num_layers": depth}
    model = keras_hub.models.Llama3Backbone(**sizes, dtype=dtype)
    if quantized:
        model.quantize("int8")
    model.enable_lora(8)
    return model


def count_layer_bytes(settings, tokens, *, quantized=False):
    """Bytes that a Llama layer with LoRA keeps: three layers minus two."""
    inputs = {
        "token_ids": np.ones((1, tokens), "int32"),
        "padding_mask": np.ones((1, tokens), "bool"),
    }
    kept = []
    for depth in (2, 3):
        model = build_llama_with_lora(settings, depth, quantized=quantized)
        kept.append(measure_saved_tensors(lambda m=model: m(inputs), model))
    return kept[1] - kept[0]


def lora_gradient(model, texts):
    """Gradient of the loss in all trained weights, as one flat array."""
    inputs, following, counted = model.preprocessor(texts)
    logits = model(inputs, training=True)[counted].float()
    loss = torch.nn.functional.cross_entropy(logits, following[counted].long())
    values = [weight.value for weight in model.trainable_weights]
    parts = torch.autograd.grad(loss, values)
    return torch.cat([part.flatten() for part in parts]).numpy()
