"""A language that any model can learn: the alphabet, on and back."""

import string

import keras
import keras_hub
import numpy as np

SPECIAL_TOKENS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
)


def letter_tokenizer():
    """Return a tokenizer of Llama's kind that knows 26 small letters.

    It wants at least one pair to merge; `th` is in no text of ours.
    """
    pieces = ("<pad>", *SPECIAL_TOKENS, *string.ascii_lowercase, "th")
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return keras_hub.models.Llama3Tokenizer(vocabulary, merges=["t h"])


def letter_texts(step, length=8):
    """Return 26 texts, one from each letter; `step` 1 is on, -1 is back."""
    letters = string.ascii_lowercase
    return [
        "".join(letters[(first + step * i) % 26] for i in range(length))
        for first in range(26)
    ]


def small_llama(length=8):
    """Build a Llama of two layers for texts of `length` letters."""
    tokenizer = letter_tokenizer()
    backbone = keras_hub.models.Llama3Backbone(
        vocabulary_size=tokenizer.vocabulary_size(),
        num_layers=2,
        num_query_heads=4,
        num_key_value_heads=2,
        hidden_dim=64,
        intermediate_dim=128,
    )
    preprocessor = keras_hub.models.Llama3CausalLMPreprocessor(
        tokenizer, sequence_length=length + 2
    )  # with the marks of beginning and end
    return keras_hub.models.Llama3CausalLM(backbone, preprocessor)


def train_on_texts(model, texts, *, steps, learning_rate):
    """Train a language model on all texts at once, so many times."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, sampler="greedy")
    x, y, counted = model.preprocessor(texts)  # once for all steps
    for _ in range(steps):
        keras.Model.train_on_batch(model, x, y, counted)  # ①


def next_token_accuracy(model, texts):
    """Accuracy of next-token prediction.

    The model sees the true letters before each.
    """
    x, y, _ = model.preprocessor(texts)
    logits = keras.ops.convert_to_numpy(model(x))
    length = len(texts[0])
    said = logits.argmax(axis=-1)[:, 1:length]  # after the first letter
    true = keras.ops.convert_to_numpy(y)[:, 1:length]
    return float(np.mean(said == true))
