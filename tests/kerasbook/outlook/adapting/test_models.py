"""Settings, names of presets, and a small Llama, adapted; on TensorFlow, which the page is not."""

import keras
import keras_hub
import numpy as np
import pytest

from kerasbook.outlook.adapting.alphabet import (
    SPECIAL_TOKENS,
    letter_texts,
    letter_tokenizer,
    next_token_accuracy,
    small_llama,
    train_on_texts,
)
from kerasbook.outlook.adapting.models import (
    GEMMA,
    LLAMA_8B,
    REAL_MODELS,
    count_by_blocks,
    open_with_lora,
    require_trainable,
)
from kerasbook.outlook.adapting.training_memory import count_training_bytes


def decoder_parameters(settings, *, norms, head_norms, tables):
    """Count by hand: tables of tokens, attention, three dense layers, norms."""
    width, hidden = settings["hidden_dim"], settings["intermediate_dim"]
    head = settings.get("head_dim", width // settings["num_query_heads"])
    heads = 2 * settings["num_query_heads"] + 2 * settings["num_key_value_heads"]
    layer = heads * head * width + 3 * width * hidden + norms * width + head_norms * head
    return tables * settings["vocabulary_size"] * width + settings["num_layers"] * layer + width


@pytest.mark.parametrize("name", REAL_MODELS)
def test_settings_have_as_many_parameters_as_the_preset(name):
    kind, settings = REAL_MODELS[name]
    gemma = settings.items() >= GEMMA.items()
    assert gemma or settings == LLAMA_8B
    # Gemma: four norms a layer, two in its heads, one table; Llama: two, none, two tables
    sizes = (4, 2, 1) if gemma else (2, 0, 2)
    counted = decoder_parameters(
        settings, **dict(zip(("norms", "head_norms", "tables"), sizes, strict=True))
    )
    assert counted == kind.presets[name]["metadata"]["params"]


def test_two_blocks_tell_what_a_whole_model_counts():
    size = {"vocabulary_size": 20, "num_query_heads": 4, "num_key_value_heads": 2}
    settings = LLAMA_8B | size | {"hidden_dim": 16, "intermediate_dim": 24, "num_layers": 5}
    kind = keras_hub.models.Llama3Backbone
    number, counted = count_by_blocks(kind, settings, "float32", rank=3)
    whole = kind(**settings)
    assert number == whole.count_params()
    whole.enable_lora(3)
    assert counted == count_training_bytes(whole)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Gemma3CausalLM", "gemma3_1b"),
        ("Qwen3CausalLM", "qwen3_0.6b_en"),
        ("Llama3CausalLM", "llama3_8b_en"),
        ("Llama3CausalLM", "llama3_8b_en_int8"),
    ],
)
def test_names_of_presets_that_the_page_prints(kind, name):
    assert name in getattr(keras_hub.models, kind).presets


@pytest.mark.parametrize(("kind", "plain"), [("Qwen3", True), ("Llama3", True), ("Gemma3", False)])
def test_preprocessors_that_take_plain_texts(kind, plain):
    """Gemma 3 takes prompts and responses, as the page says; the others inherit."""
    preprocessor = getattr(keras_hub.models, f"{kind}CausalLMPreprocessor")
    assert (preprocessor.call is keras_hub.models.CausalLMPreprocessor.call) == plain


def test_letters_are_tokens():
    tokenizer = letter_tokenizer()
    first = 1 + len(SPECIAL_TOKENS)
    assert np.array(tokenizer("abz")).tolist() == [first, first + 1, first + 25]


def test_texts_go_on_and_back():
    assert letter_texts(1)[24:] == ["yzabcdef", "zabcdefg"]
    assert letter_texts(-1, length=3)[:2] == ["azy", "baz"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A preset of a small Llama that has learned texts of three letters, onward."""
    model = small_llama(length=3)
    train_on_texts(model, letter_texts(1, 3), steps=40, learning_rate=0.01)
    path = tmp_path_factory.mktemp("preset") / "alphabet"
    model.save_to_preset(str(path))
    return str(path)


def test_only_the_narrow_matrices_are_trained_and_move(folder):
    model = open_with_lora(folder, rank=4)
    onward, back = letter_texts(1, 3), letter_texts(-1, 3)
    assert next_token_accuracy(model, onward) == 1.0  # begins as it was saved
    assert next_token_accuracy(model, back) == 0.0
    assert {w.name for w in model.trainable_weights} == {"lora_kernel_a", "lora_kernel_b"}
    before = model.get_weights()
    train_on_texts(model, back, steps=2, learning_rate=0.01)
    moved = {
        weight.name
        for weight, old, new in zip(model.weights, before, model.get_weights(), strict=True)
        if not np.array_equal(old, new)
    }
    assert moved == {"lora_kernel_a", "lora_kernel_b"}


@pytest.mark.weekly
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
def test_quantized_first_then_lora(folder):
    model = open_with_lora(folder, 2, dtype="mixed_bfloat16", quantize={"mode": "int4"})
    kinds = {weight.dtype for weight in model.weights if weight.name == "kernel"}
    assert kinds == {"int8"}  # two of four bits in each
    assert {weight.dtype for weight in model.trainable_weights} == {"float32"}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A preset of a small text classifier with random weights."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "goal", "team", "screen", "printer"]
    tokenizer = keras_hub.models.BertTokenizer(words)
    packer = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, 8)
    keras.utils.set_random_seed(0)
    backbone = keras_hub.models.BertBackbone(len(words), 2, 2, 32, 32)
    path = str(tmp_path_factory.mktemp("preset") / "encoder")
    keras_hub.models.BertTextClassifier(backbone, 2, packer).save_to_preset(path)
    return path


@pytest.mark.sampled("True-0")
@pytest.mark.parametrize(("frozen", "missing"), [(True, 0), (False, 4 * 32)])
def test_two_files_hold_a_classifier_if_biases_are_frozen(encoder, tmp_path, frozen, missing):
    texts, labels = ["goal team", "screen printer"], np.array([0, 1])
    model = keras_hub.models.TextClassifier.from_preset(encoder, num_classes=2)
    model.backbone.enable_lora(rank=2)
    for weight in model.backbone.trainable_weights:
        weight.trainable = "lora" in weight.name or not frozen
    trained = [w for w in model.backbone.trainable_weights if "lora" not in w.name]
    assert sum(int(np.prod(w.shape)) for w in trained) == missing
    model.compile(keras.optimizers.Adam(0.1))
    with pytest.warns(UserWarning, match="`shuffle=True` was passed, but will be ignored"):
        model.fit(texts, labels, epochs=2, verbose=0)
    model.save_task_weights(tmp_path / "moments.weights.h5")
    model.compile()
    model.backbone.save_lora_weights(tmp_path / "topic.lora.h5")
    model.save_task_weights(tmp_path / "topic.weights.h5")
    again = keras_hub.models.TextClassifier.from_preset(encoder, num_classes=2)
    again.backbone.load_lora_weights(tmp_path / "topic.lora.h5")
    again.load_task_weights(tmp_path / "topic.weights.h5")
    logits = [each.predict(texts, verbose=0) for each in (model, again)]
    assert np.allclose(*logits, atol=1e-6) == frozen
    head, moments = (tmp_path / f"{name}.weights.h5" for name in ("topic", "moments"))
    assert head.stat().st_size < moments.stat().st_size  # compiled anew, Adam has none


def test_a_model_without_layers_of_those_names_is_refused():
    backbone = keras_hub.models.GPTNeoXBackbone(
        vocabulary_size=8, num_layers=1, num_heads=1, hidden_dim=4, intermediate_dim=4
    )
    backbone.enable_lora(1)
    with pytest.raises(ValueError, match="no layer is called query_dense, value_dense, query"):
        require_trainable(backbone)
