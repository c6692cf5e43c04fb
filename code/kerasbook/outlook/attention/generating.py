"""Generate text with a language model and a KV cache."""

import numpy as np
from keras import ops

from kerasbook.outlook.attention.attention import (
    causal_mask,
    output_projection,
    project_to_heads,
    scaled_dot_product_attention,
)
from kerasbook.outlook.attention.texts import encode_text


def cached_attention(x, arrays, cache):
    """Self-attention of new tokens over cached keys and values (KV cache).

    Args:
        x: the new ones, tensor of shape `(1, new, width)`.
        arrays: the `weights` of a `MultiHeadAttention`.
        cache: keys and values of the old ones, or None.

    Returns:
        the outputs, `(1, new, width)`; the weights; the new cache.
    """
    query, key, value = (
        project_to_heads(x, *arrays[first : first + 2]) for first in (0, 2, 4)
    )
    if cache is not None:
        key = ops.concatenate([cache[0], key], axis=2)  # ①
        value = ops.concatenate([cache[1], value], axis=2)
    mask = causal_mask(query.shape[2], key.shape[2])
    output, weights = scaled_dot_product_attention(query, key, value, mask)
    return output_projection(output, *arrays[6:]), weights, (key, value)


def require_context_length(context, length):
    """Raise ValueError if a text exceeds the context length."""
    if length > context:
        raise ValueError(
            f"Expected at most {context} characters, the model's context. "
            f"Received: {length}. Write less, keep only the end of the text, "
            "or build a model with a larger context."
        )


def transformer_block_with_cache(layer, x, block, cache):
    """One Transformer block on new tokens, with its KV cache."""
    normal = layer(f"norm_attention_{block}")(x)
    attended, weights, cache = cached_attention(
        normal, layer(f"attention_{block}").weights, cache
    )
    x = x + attended
    hidden = layer(f"ffn_up_{block}")(layer(f"norm_ffn_{block}")(x))
    return x + layer(f"ffn_down_{block}")(hidden), weights, cache


def empty_caches(model):
    """Return the KV caches before the first token: None for each block."""
    names = [layer.name for layer in model.layers]
    return [None] * sum(name.startswith("attention_") for name in names)


def embed_new_tokens(layer, token_ids, caches):
    """Embeddings of new tokens, at the positions after the cached ones."""
    first = 0 if caches[0] is None else caches[0][0].shape[2]
    end = first + len(token_ids)
    require_context_length(layer("positions").input_dim, end)
    positions = layer("positions")(np.arange(first, end))
    return layer("embed")(np.array(token_ids)[None]) + positions


def forward_with_cache(model, token_ids, caches=None):
    """Forward pass on new tokens `(new,)` only, with a KV cache per block.

    Returns the logits after the last token, `(vocab_size,)`; the attention
    weights of each block, `(heads, new, all)`; and the new caches.
    """
    layer, caches = model.get_layer, caches or empty_caches(model)
    x = embed_new_tokens(layer, token_ids, caches)
    attention_weights, new_caches = [], []
    for block, cache in enumerate(caches):
        x, weights, cache = transformer_block_with_cache(layer, x, block, cache)
        attention_weights.append(ops.convert_to_numpy(weights[0]))
        new_caches.append(cache)
    logits = layer("embed")(layer("norm_out")(x[:, -1:]), reverse=True)
    return ops.convert_to_numpy(logits)[0, 0], attention_weights, new_caches


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
    token_ids, caches, text = encode_text(prompt, characters), None, prompt
    for _ in range(length):
        logits, _, caches = forward_with_cache(model, token_ids, caches)  # ①
        probabilities = softmax_with_temperature(logits, temperature)
        token_ids = [generator.choice(len(probabilities), p=probabilities)]  # ②
        text += characters[token_ids[0]]
    return text
