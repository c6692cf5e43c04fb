"""A small language model of Keras's layers, and its perplexity."""

import keras
import numpy as np
from keras import layers, ops


def sinusoidal_initializer(shape, dtype=None):
    """Sinusoidal positional encoding, as initial values of a learned embedding.

    Args:
        shape: `(length, width)`, the width even.
        dtype: of the result.
    """
    length, width = shape
    frequencies = 10_000.0 ** (-np.arange(0, width, 2) / width)
    angles = np.arange(length)[:, None] * frequencies
    encoding = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    return ops.cast(0.05 * encoding, dtype or "float32")


def transformer_block(x, number, *, heads, dropout, window):
    """Pre-norm Transformer block: self-attention, then an FFN."""
    width = x.shape[-1]
    normal = layers.LayerNormalization(name=f"norm_attention_{number}")(x)
    attention = layers.MultiHeadAttention(
        heads, width // heads, dropout=dropout, sliding_window=window,
        name=f"attention_{number}",
    )  # fmt: skip
    x = x + attention(normal, normal, use_causal_mask=True)  # ①
    normal = layers.LayerNormalization(name=f"norm_ffn_{number}")(x)
    hidden = layers.Dense(4 * width, "gelu", name=f"ffn_up_{number}")(normal)
    change = layers.Dense(width, name=f"ffn_down_{number}")(hidden)
    return x + layers.Dropout(dropout)(change)


def token_and_position_embedding(token_ids, *, vocab_size, context, width):
    """Sum of token embedding and positional encoding, `(batch, time, width)`.

    Also returns the layer of the token embedding, for weight tying.
    """
    embed = layers.ReversibleEmbedding(
        vocab_size, width, reverse_dtype="float32", name="embed"
    )
    position_embedding = layers.Embedding(
        context, width, embeddings_initializer=sinusoidal_initializer,
        name="positions",
    )  # fmt: skip
    positions = ops.cumsum(ops.ones_like(token_ids), axis=1) - 1  # 0, 1, 2, …
    return embed(token_ids) + position_embedding(positions), embed


def build_language_model(
    vocab_size, *, context, width, heads, blocks, dropout=0.0, window=None
):
    """Decoder-only Transformer: `(batch, time)` to logits.

    The logits are `(batch, time, vocab_size)`; `context` is the context length.
    """
    token_ids = keras.Input((None,), dtype="int32")
    x, embed = token_and_position_embedding(
        token_ids, vocab_size=vocab_size, context=context, width=width
    )
    for number in range(blocks):
        x = transformer_block(
            x, number, heads=heads, dropout=dropout, window=window
        )
    x = layers.LayerNormalization(name="norm_out")(x)
    return keras.Model(token_ids, embed(x, reverse=True))


def train_language_model(model, windows, *, learning_rate, batch_size):
    """One pass over windows `(count, length + 1)`: warm-up, cosine decay."""
    steps = len(windows) // batch_size
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=learning_rate, warmup_steps=steps // 10
    )
    model.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(windows[:, :-1], windows[:, 1:], batch_size=batch_size, verbose=0)


def cut_for_test(token_ids, context):
    """Cut a text into overlapping windows that score each character once.

    Args:
        token_ids: shape `(length,)`.
        context: of the model.

    Returns:
        windows `(count, context + 1)`, and where a character is scored,
        booleans `(count, context)`: in the first window everywhere, in the
        others in the second half.
    """
    half = context // 2
    count = max(1, -(-(len(token_ids) - 1 - context) // half) + 1)
    padded = np.zeros(half * (count - 1) + context + 1, "int32")
    padded[: len(token_ids)] = token_ids
    starts = half * np.arange(count)[:, None]
    positions = starts + np.arange(context + 1)
    scored = (positions[:, 1:] < len(token_ids)) & (
        (starts == 0) | (positions[:, 1:] - starts > context - half)
    )
    return padded[positions], scored


def next_token_probabilities(model, token_ids, context):
    """Probability of each character of a text, given those before."""
    windows, scored = cut_for_test(token_ids, context)
    losses = [
        keras.losses.sparse_categorical_crossentropy(
            windows[start : start + 16, 1:],
            model.predict_on_batch(windows[start : start + 16, :-1]),
            from_logits=True,
        )
        for start in range(0, len(windows), 16)
    ]
    return np.exp(-ops.convert_to_numpy(ops.concatenate(losses))[scored])
