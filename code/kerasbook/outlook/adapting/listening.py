"""What PyTorch keeps for the way back, and the gradient that arrives."""

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


def count_layer_bytes(settings, tokens, *, quantized=False):
    """Count what a layer of Llama with LoRA keeps: three layers minus two.

    Args:
        settings: arguments of `Llama3Backbone`.
        tokens: length of the one text.
        quantized: whether the frozen weights are int8, not bfloat16.
    """
    inputs = {
        "token_ids": np.ones((1, tokens), "int32"),
        "padding_mask": np.ones((1, tokens), "bool"),
    }
    dtype = "mixed_bfloat16" if quantized else "bfloat16"
    kept = []
    for depth in (2, 3):
        sizes = settings | {"num_layers": depth}
        model = keras_hub.models.Llama3Backbone(**sizes, dtype=dtype)
        if quantized:
            model.quantize("int8")
        model.enable_lora(8)
        kept.append(measure_saved_tensors(lambda m=model: m(inputs), model))
    return kept[1] - kept[0]


def lora_gradient(model, texts):
    """Return the gradient of all that is trained, as one flat array.

    Args:
        model: a language model of KerasHub on the PyTorch backend.
        texts: list of strings.
    """
    inputs, following, counted = model.preprocessor(texts)
    logits = model(inputs, training=True)[counted].float()
    loss = torch.nn.functional.cross_entropy(logits, following[counted].long())
    values = [weight.value for weight in model.trainable_weights]
    parts = torch.autograd.grad(loss, values)
    return torch.cat([part.flatten() for part in parts]).numpy()
