"""What Keras's modes leave: bytes counted against files, and refusals."""

import logging
import re

import keras
import keras_hub
import numpy as np
import pytest

from kerasbook.beyond.compression.calibrated import (
    build_token_network,
    compare_modes,
    quantize_calibrated,
)
from kerasbook.beyond.compression.comparing import changed_predictions, time_ratio
from kerasbook.beyond.compression.elsewhere import (
    modes_on_backends,
)
from kerasbook.beyond.compression.modes import (
    check_quantizable,
    inner_layers,
    quantize_model,
)
from kerasbook.beyond.compression.sizes import (
    file_megabytes,
    save_for_use,
    weight_megabytes,
)


def dense_network():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((256,)),
            keras.layers.Dense(512, activation="relu", name="hidden"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10),
        ]
    )


def test_bytes_of_each_mode():
    weights, biases = 256 * 512 + 512 * 10, 512 + 10
    model = dense_network()
    assert weight_megabytes(model) == 4e-6 * (weights + biases)
    assert quantize_model(model, "int8") == 1.0
    scales = 512 + 10
    assert weight_megabytes(model) == pytest.approx(1e-6 * (weights + 4 * (biases + scales)))
    four = dense_network()
    quantize_model(four, "int4")
    assert weight_megabytes(four) < 0.6 * weight_megabytes(model)
    eight = dense_network()
    quantize_model(eight, "float8")
    assert weight_megabytes(eight) > weight_megabytes(dense_network())


def test_a_file_for_use_has_no_optimizer(tmp_path):
    model = dense_network()
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 256)), np.zeros((8, 10)), verbose=0)
    model.save(tmp_path / "whole.keras")
    bare = save_for_use(model, tmp_path / "bare.keras")
    assert bare == file_megabytes(tmp_path / "bare.keras")
    assert bare == pytest.approx(weight_megabytes(model), abs=0.05)
    assert file_megabytes(tmp_path / "whole.keras") > 2.7 * bare
    loaded = keras.saving.load_model(tmp_path / "bare.keras")
    x = np.ones((2, 256))
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert model.optimizer is not None


def test_layers_of_models_within_models():
    inner = dense_network()
    outer = keras.Sequential([keras.Input((256,)), inner, keras.layers.Softmax()])
    found = inner_layers(outer)
    assert inner not in found
    assert {*inner.layers, outer.layers[-1]} <= set(found)
    assert quantize_model(outer, "int8") == 1.0
    assert inner.layers[0].quantization_mode == "int8"


def attention_network(kind="MultiHeadAttention", sizes=(2, 4)):
    x = keras.Input((4, 8))
    return keras.Model(x, getattr(keras.layers, kind)(*sizes)(x, x))


@pytest.mark.parametrize(
    ("kind", "sizes"), [("MultiHeadAttention", (2, 4)), ("GroupQueryAttention", (4, 2, 1))]
)
def test_dense_layers_within_attention_count(kind, sizes):
    model = attention_network(kind, sizes)
    assert quantize_model(model, "int8") == 1.0
    within = [layer for layer in inner_layers(model) if layer.weights]
    assert [layer.quantization_mode for layer in within] == ["int8"] * 4


def test_a_mode_that_skips_embeddings_does_not_count_them():
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Embedding(5, 2), keras.layers.Dense(4)]
    )
    share = quantize_model(model, "float8")
    assert share == 12 / 22  # a kernel of 2 by 4 and 4 biases, beside 5 rows of 2


@pytest.mark.weekly
def test_quantized_attention_is_loaded_from_weights_alone(tmp_path):
    """If Keras records the inner layers one day, the page must say so."""
    model = attention_network()
    quantize_model(model, "int8")
    model.save(tmp_path / "heads.keras")
    with pytest.raises(ValueError, match="expected 2 variables, but received 0 variables"):
        keras.saving.load_model(tmp_path / "heads.keras")
    model.save_weights(tmp_path / "heads.weights.h5")
    again = keras.Model.from_config(model.get_config())
    quantize_model(again, "int8")
    again.load_weights(tmp_path / "heads.weights.h5")
    x = np.random.default_rng(0).normal(size=(2, 4, 8)).astype("float32")
    found = [keras.ops.convert_to_numpy(each(x)) for each in (model, again)]
    np.testing.assert_array_equal(*found)


def test_inputs_stay_as_they_are_in_the_file_too(tmp_path):
    model = dense_network()
    config = keras.quantizers.Int8QuantizationConfig(activation_quantizer=None)
    model.quantize(config=config, filters="hidden|dense")
    model.save(tmp_path / "small.keras")
    again = keras.saving.load_model(tmp_path / "small.keras")
    assert again.get_layer("hidden").inputs_quantizer is None
    x = np.random.default_rng(0).normal(size=(2, 256)).astype("float32")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_unknown_mode():
    with pytest.raises(ValueError, match=r"int8, int4, float8. Received: mode='int2'"):
        check_quantizable(dense_network(), "int2")


def test_quantized_already():
    model = dense_network()
    quantize_model(model, "int8")
    with pytest.raises(ValueError, match="'hidden' is int8 already: load the float32"):
        quantize_model(model, "int4")


def test_nothing_to_quantize():
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3)])
    with pytest.raises(ValueError, match=r"only ones that Keras quantizes.*Conv2D"):
        quantize_model(model, "int8")
    assert model.layers[0].quantization_mode is None


def test_the_share_that_is_reached():
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Conv2D(2, 3),  # 20 numbers
            keras.layers.Flatten(),
            keras.layers.Dense(1),  # 9
        ]
    )
    assert quantize_model(model, "int8") == 9 / 29
    assert model.layers[0].kernel.dtype == "float32"


def test_changed_answers_by_hand():
    before = np.eye(3)[[0, 1, 2, 0]]
    after = np.eye(3)[[0, 2, 1, 1]]
    found = changed_predictions(before, after, np.array([0, 1, 1, 2]))
    assert (found["changed"], found["lost"], found["won"]) == (3, 1, 1)
    assert 0.75 < found["at_most"] < 1


def test_no_change_is_not_certainty():
    same = np.eye(2)[np.zeros(300, int)]
    found = changed_predictions(same, same, np.zeros(300, int))
    assert found["changed"] == 0
    assert 0.01 < found["at_most"] < 0.02


def test_time_ratio_counts_both():
    class Fake:
        def __init__(self):
            self.calls = 0

        def predict_on_batch(self, x):
            self.calls += 1

    first, second = Fake(), Fake()
    assert time_ratio(first, second, None, laps=3) > 0
    assert first.calls == second.calls == 5


@pytest.mark.weekly
def test_calibration_has_no_effect_in_this_version():
    """Once Keras calibrates (pull request 23512), the page must say so."""
    some, other = np.arange(64) % 50, np.full(64, 7)
    for mode in ("gptq", "awq"):
        first = quantize_calibrated(mode, some)
        np.testing.assert_array_equal(first, quantize_calibrated(mode, other))
        plain = build_token_network(0)[0](np.arange(16)[None])
        assert np.abs(first - keras.ops.convert_to_numpy(plain)[0]).max() > 0


@pytest.mark.parametrize(
    ("filters", "chosen"),
    [
        (lambda layer: layer.name == "dense", {"dense"}),
        ("^dense$", {"dense"}),
        ("dense", {"dense", "dense_output"}),  # searched, not matched as a whole
        (["^dense$", "embedding"], {"dense"}),
        (["dense", "^((?!output).)*$"], {"hidden", "dense", "dense_output"}),  # or, never and
        ("^(?!.*output).*dense", {"dense"}),
        ("Dense", set()),
    ],
)
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
def test_filters_choose_what_is_quantized(filters, chosen):
    """Keras's guide reads a list as `and`; the page says that it is not."""
    names = ("hidden", "dense", "dense_output", "output")
    model = keras.Sequential([keras.layers.Dense(2, name=name) for name in names])
    model.build((None, 2))
    model.quantize("int8", filters=filters)
    assert {layer.name for layer in model.layers if layer.quantization_mode} == chosen


def test_filters_are_no_compiled_expression():
    with pytest.raises(ValueError, match="must be a regex string, a list of regex strings"):
        dense_network().quantize("int8", filters=re.compile("dense"))


@pytest.fixture(scope="module")
def language_model(tmp_path_factory):
    """A preset of a small GPT-2 with random weights, and tokens for it."""
    pieces = ["!", "<|endoftext|>", "Ġ", *"abcdefghijklmnopqrstuvwxyz", "th"]
    tokenizer = keras_hub.models.GPT2Tokenizer(dict(zip(pieces, range(30), strict=True)), ["t h"])
    packer = keras_hub.models.GPT2CausalLMPreprocessor(tokenizer, 8)
    backbone = keras_hub.models.GPT2Backbone(30, 1, 2, 64, 128, max_sequence_length=8)
    folder = str(tmp_path_factory.mktemp("preset") / "gpt")
    keras_hub.models.GPT2CausalLM(backbone, packer).save_to_preset(folder)
    return folder, packer(["cats purr"])[0]


@pytest.mark.weekly
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_a_language_model_is_quantized_by_its_backbone(language_model, tmp_path):
    folder, tokens = language_model
    model = keras_hub.models.CausalLM.from_preset(folder)
    with pytest.raises(ValueError, match=r"Layer 'gpt2_tokenizer' .* is not built yet"):
        model.quantize("int8")
    model = keras_hub.models.CausalLM.from_preset(folder)
    model.backbone.quantize("int8")
    model.save_to_preset(str(tmp_path / "small"))
    again = keras_hub.models.CausalLM.from_preset(str(tmp_path / "small"))
    logits = [keras.ops.convert_to_numpy(each(tokens)) for each in (model, again)]
    np.testing.assert_array_equal(*logits)
    files = [file_megabytes(f"{each}/model.weights.h5") for each in (folder, tmp_path / "small")]
    assert files[1] < files[0]
    with pytest.raises(ValueError, match="objects could not be loaded"):
        keras_hub.models.CausalLM.from_preset(str(tmp_path / "small"), dtype="bfloat16")


@pytest.mark.weekly
def test_modes_elsewhere():
    assert list(compare_modes()) == ["int8", "int4", "float8"]
    found = modes_on_backends(("jax",))["jax"]
    assert set(found) == {"int8", "int4", "float8"}
    assert float(found["int8"][:-1]) < float(found["int4"][:-1])
    assert logging.getLogger().isEnabledFor(logging.ERROR)  # for who runs on
