"""Settings of real models; their counts must equal those of KerasHub."""

import keras_hub

from kerasbook.outlook.adapting.training_memory import count_training_bytes

# Gemma: its own library, github.com/google-deepmind/gemma; Llama: table 3 of
# its report, and 128,256 tokens as in its files.
GEMMA = {
    "vocabulary_size": 262_144,
    "image_size": None,
    "use_post_ffw_norm": True,
    "use_post_attention_norm": True,
    "use_sliding_window_attention": True,
}
LLAMA_8B = {
    "vocabulary_size": 128_256,
    "num_layers": 32,
    "num_query_heads": 32,
    "num_key_value_heads": 8,
    "hidden_dim": 4096,
    "intermediate_dim": 14_336,
}
REAL_MODELS = {
    "gemma3_1b": (
        keras_hub.models.Gemma3Backbone,
        {
            **GEMMA,
            "num_layers": 26,
            "num_query_heads": 4,
            "num_key_value_heads": 1,
            "head_dim": 256,
            "hidden_dim": 1152,
            "intermediate_dim": 6912,
        },
    ),
    "llama3_8b_en": (keras_hub.models.Llama3Backbone, LLAMA_8B),
    "gemma3_27b_text": (
        keras_hub.models.Gemma3Backbone,
        {
            **GEMMA,
            "num_layers": 62,
            "num_query_heads": 32,
            "num_key_value_heads": 16,
            "head_dim": 128,
            "hidden_dim": 5376,
            "intermediate_dim": 21_504,
        },
    ),
}


def count_by_blocks(kind, settings, dtype, *, rank):
    """Count the parameters of a backbone, and bytes as `count_training_bytes`.

    Args:
        kind: class of KerasHub, all of whose blocks are equal.
        settings: its arguments.
        dtype: of the frozen weights.
        rank: of LoRA's matrices.
    """
    counts = []
    for blocks in (1, 2):
        model = kind(**settings | {"num_layers": blocks}, dtype=dtype)
        number = model.count_params()
        model.enable_lora(rank)
        counts.append({"number": number} | count_training_bytes(model))
    one, two = counts
    more = settings["num_layers"] - 1
    whole = {part: one[part] + more * (two[part] - one[part]) for part in one}
    return whole.pop("number"), whole


def open_with_lora(preset, rank, *, dtype=None, quantize=None):
    """Open a language model in which only LoRA's matrices are trained.

    Args:
        preset: a name of KerasHub's, or a folder.
        rank: of the matrices beside those of queries and values.
        dtype: of the frozen weights; as in the folder if `None`.
        quantize: arguments for `backbone.quantize`, if any.
    """
    kinds = {} if dtype is None else {"dtype": dtype}
    model = keras_hub.models.CausalLM.from_preset(preset, **kinds)
    if quantize:
        model.backbone.quantize(**quantize)  # ①
    model.backbone.enable_lora(rank)
    require_trainable(model.backbone)
    return model


def require_trainable(backbone):
    """Stop if `enable_lora` found no layer, which it does not say itself.

    Raises:
        ValueError: no layer has a name that `enable_lora` looks for.
    """
    if not backbone.trainable_weights:
        names = ", ".join(backbone.default_lora_layer_names())
        raise ValueError(
            "Expected a layer to add LoRA to; name the right ones in "
            f"target_layer_names. Received: no layer is called {names}."
        )
