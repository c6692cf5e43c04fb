"""Attention as matrix products, with masks, and held against Keras's layer."""

from keras import ops


def scaled_dot_product_attention(query, key, value, mask=None):
    """Scaled dot-product attention of (vaswani2017), and its weights.

    Args:
        query: tensor of shape `(..., queries, size)`.
        key: tensor of shape `(..., keys, size)`.
        value: tensor of shape `(..., keys, value_size)`.
        mask: True where a query may attend, `(queries, keys)`; None: all.

    Returns:
        the outputs, `(..., queries, value_size)`, and the weights.
    """
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2))  # ①
    scores = scores / query.shape[-1] ** 0.5
    if mask is not None:
        scores = ops.where(mask, scores, -1e9)  # ②
    powers = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    weights = powers / ops.sum(powers, axis=-1, keepdims=True)  # ③
    return ops.matmul(weights, value), weights


def project_to_heads(x, kernel, bias):
    """Project to heads: `(batch, time, width)` to `(batch, heads, time, size)`.

    The kernel has the shape `(width, heads, size)`, the bias `(heads, size)`.
    """
    return ops.swapaxes(ops.einsum("btw,whs->bths", x, kernel) + bias, 1, 2)


def output_projection(heads, kernel, bias):
    """Concatenate the heads and apply the output projection."""
    return ops.einsum("bhts,hsw->btw", heads, kernel) + bias


def multi_head_attention(x, arrays, mask=None):
    """Multi-head self-attention, as `MultiHeadAttention` of Keras has it.

    Args:
        x: tensor of shape `(batch, time, width)`.
        arrays: the `weights` of the layer: kernel and bias of query, key,
            value and output.
        mask: as in `scaled_dot_product_attention`.
    """
    query, key, value = (
        project_to_heads(x, *arrays[first : first + 2]) for first in (0, 2, 4)
    )
    output, _ = scaled_dot_product_attention(query, key, value, mask)
    return output_projection(output, *arrays[6:])


def causal_mask(queries, keys, window=None):
    """Causal mask, optionally limited to a sliding window.

    Args:
        queries: number of positions that attend, the last ones.
        keys: number of all characters so far.
        window: how many of them a query attends to, itself included; None: all.

    Returns:
        booleans of shape `(queries, keys)`.
    """
    positions = ops.arange(keys - queries, keys)[:, None]
    distance = positions - ops.arange(keys)[None, :]  # from query back to key
    mask = distance >= 0
    return mask if window is None else ops.logical_and(mask, distance < window)


def receptive_field_mask(mask, layers):
    """Which positions reach which through several layers of one mask."""
    seen = ops.cast(mask, "float32")
    paths = seen
    for _ in range(layers - 1):
        paths = ops.matmul(seen, paths)
    return paths > 0


def count_multiplications(length, *, width, blocks, cached):
    """Count what one more character costs, embedding and output left out.

    A block has four projections of `width * width`, and a network of two
    layers, four times as wide, twice as many again; attention multiplies with
    each key and each value.

    Args:
        length: characters so far, the new one included.
        width: of the model.
        blocks: of the model.
        cached: whether keys and values of the others are in a KV cache.
    """
    one = 12 * width**2 + 2 * width * length
    return blocks * one * (1 if cached else length)
