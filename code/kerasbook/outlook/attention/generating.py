"""Write with a language model: one character after another, nothing twice."""

import numpy as np
from keras import ops

from kerasbook.outlook.attention.attention import (
    causal_mask,
    output_projection,
    project_to_heads,
    scaled_dot_product_attention,
)
from kerasbook.outlook.attention.texts import encode_text


def cached_attention(x, arrays, kept):
    """Self-attention of new tokens over cached keys and values (KV cache).

    Args:
        x: the new ones, tensor of shape `(1, new, width)`.
        arrays: the `weights` of a `MultiHeadAttention`.
        kept: keys and values of the old ones, or None.

    Returns:
        what they saw, `(1, new, width)`; the weights; keys and values of all.
    """
    query, key, value = (
        project_to_heads(x, *arrays[place : place + 2]) for place in (0, 2, 4)
    )
    if kept is not None:
        key = ops.concatenate([kept[0], key], axis=2)  # ①
        value = ops.concatenate([kept[1], value], axis=2)
    mask = causal_mask(query.shape[2], key.shape[2])
    mixed, weights = scaled_dot_product_attention(query, key, value, mask)
    return output_projection(mixed, *arrays[6:]), weights, (key, value)


def require_places(context, length):
    """Raise ValueError if a text exceeds the context length."""
    if length > context:
        raise ValueError(
            f"Expected at most {context} characters, the model's context. "
            f"Received: {length}. Write less, keep only the end of the text, "
            "or build a model with a larger context."
        )


def transformer_block_with_cache(layer, x, block, kept):
    """One Transformer block on new tokens, with its KV cache."""
    normal = layer(f"norm_attention_{block}")(x)
    attended, weights, kept = cached_attention(
        normal, layer(f"attention_{block}").weights, kept
    )
    x = x + attended
    hidden = layer(f"ffn_up_{block}")(layer(f"norm_ffn_{block}")(x))
    return x + layer(f"ffn_down_{block}")(hidden), weights, kept


def empty_cache(model):
    """Return the KV cache before the first token: None for each block."""
    names = [layer.name for layer in model.layers]
    return [None] * sum(name.startswith("attention_") for name in names)


def embed_new_tokens(layer, numbers, memory):
    """Embeddings of new tokens, at the positions after the cached ones."""
    first = 0 if memory[0] is None else memory[0][0].shape[2]
    place = np.arange(first, first + len(numbers))
    require_places(layer("places").input_dim, first + len(numbers))
    return layer("embed")(np.array(numbers)[None]) + layer("places")(place)


def forward_with_cache(model, numbers, memory=None):
    """Forward pass on new tokens `(new,)` only, with a KV cache that grows.

    Returns the logits after the last token, `(known,)`; the attention weights
    of each block, `(heads, new, all)`; and the cache.
    """
    layer, memory = model.get_layer, memory or empty_cache(model)
    x = embed_new_tokens(layer, numbers, memory)
    seen, grown = [], []
    for block, kept in enumerate(memory):
        x, weights, kept = transformer_block_with_cache(layer, x, block, kept)
        seen.append(ops.convert_to_numpy(weights[0]))
        grown.append(kept)
    logits = layer("embed")(layer("norm_out")(x[:, -1:]), reverse=True)
    return ops.convert_to_numpy(logits)[0, 0], seen, grown


def softmax_with_temperature(logits, temperature):
    """Softmax of logits divided by a temperature.

    Raises:
        ValueError: the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(
            f"Expected a temperature above 0. Received: {temperature}. To "
            "take the most probable character always, use 0.01."
        )
    z = np.asarray(logits, "float64") / temperature
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def require_beginning(prompt):
    """Raise ValueError if there is nothing to continue."""
    if not prompt:
        raise ValueError(
            "Expected a beginning of at least one character. Received: "
            r"prompt=''. Begin with '\n', as every text does."
        )


def generate_text(
    model, prompt, characters, *, length, temperature=1.0, seed=0
):
    """Generate `length` characters: sample one, append it, repeat."""
    require_beginning(prompt)
    generator = np.random.default_rng(seed)
    numbers, memory, text = encode_text(prompt, characters), None, prompt
    for _ in range(length):
        logits, _, memory = forward_with_cache(model, numbers, memory)  # ①
        chances = softmax_with_temperature(logits, temperature)
        numbers = [generator.choice(len(chances), p=chances)]  # ②
        text += characters[numbers[0]]
    return text
