"""The same model and the same functions on another backend."""

from pathlib import Path

import numpy as np

from kerasbook.isolation import call_on_backend
from kerasbook.outlook.attention.attention import (
    causal_mask,
    output_projection,
    project_to_heads,
    scaled_dot_product_attention,
)
from kerasbook.outlook.attention.generating import (
    cached_attention,
    embed_new_tokens,
    empty_caches,
    forward_with_cache,
    require_context_length,
    transformer_block_with_cache,
)
from kerasbook.outlook.attention.model import (
    build_language_model,
    sinusoidal_initializer,
    token_and_position_embedding,
    transformer_block,
)


def logits_both_ways(token_ids, weights, settings):
    """Compute logits by Keras's layers, and by our functions in two pieces.

    Args:
        token_ids: a list.
        weights: path of a file of `save_weights`.
        settings: of `build_language_model`.

    Returns:
        logits after the last character, two lists.
    """
    model = build_language_model(**settings)
    model.load_weights(weights)
    layer_logits = model.predict_on_batch(np.array([token_ids]))[0, -1]
    half = len(token_ids) // 2
    caches = forward_with_cache(model, token_ids[:half])[2]
    our_logits = forward_with_cache(model, token_ids[half:], caches)[0]
    return layer_logits.tolist(), our_logits.tolist()


def logits_on_backend(backend, token_ids, weights, settings):
    """Call `logits_both_ways` in a Python of its own, on another backend."""
    functions = (
        scaled_dot_product_attention, project_to_heads, output_projection,
        causal_mask, cached_attention, require_context_length,
        transformer_block_with_cache, empty_caches, embed_new_tokens,
        forward_with_cache, sinusoidal_initializer, transformer_block,
        token_and_position_embedding, build_language_model, logits_both_ways,
    )  # fmt: skip
    values = list(token_ids), str(Path(weights).resolve()), settings
    header = "import keras\nimport numpy as np\nfrom keras import layers, ops"
    call = f"logits_both_ways(*{values!r})"
    return np.array(
        call_on_backend(backend, functions, call, header=header, quick=True)
    )
