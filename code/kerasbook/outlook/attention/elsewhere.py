"""The same model and the same functions on another backend."""

from pathlib import Path

import numpy as np
from keras import ops

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
    empty_cache,
    forward_with_cache,
    require_places,
    transformer_block_with_cache,
)
from kerasbook.outlook.attention.model import (
    build_language_model,
    sinusoidal_initializer,
    token_and_position_embedding,
    transformer_block,
)


def read_both_ways(numbers, weights, settings):
    """Let Keras's layers read a text, then our functions, in two pieces.

    Args:
        numbers: of the characters, a list.
        weights: path of a file of `save_weights`.
        settings: of `build_language_model`.

    Returns:
        logits after the last character, two lists.
    """
    model = build_language_model(**settings)
    model.load_weights(weights)
    layers_say = ops.convert_to_numpy(model(np.array([numbers])))[0, -1]
    half = len(numbers) // 2
    memory = forward_with_cache(model, numbers[:half])[2]
    we_say = forward_with_cache(model, numbers[half:], memory)[0]
    return layers_say.tolist(), we_say.tolist()


def read_elsewhere(backend, numbers, weights, settings):
    """Call `read_both_ways` in a Python of its own, on another backend."""
    parts = (
        scaled_dot_product_attention, project_to_heads, output_projection,
        causal_mask, cached_attention, require_places,
        transformer_block_with_cache, empty_cache, embed_new_tokens,
        forward_with_cache, sinusoidal_initializer, transformer_block,
        token_and_position_embedding, build_language_model, read_both_ways,
    )  # fmt: skip
    values = list(numbers), str(Path(weights).resolve()), settings
    header = "import keras\nimport numpy as np\nfrom keras import layers, ops"
    call = f"read_both_ways(*{values!r})"
    return np.array(call_on_backend(backend, parts, call, header=header))
