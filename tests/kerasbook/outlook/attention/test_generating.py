"""Reading with a cache equals reading at once; temperatures; bad input."""

import numpy as np
import pytest

from kerasbook.outlook.attention import answers, drawing, elsewhere, timing
from kerasbook.outlook.attention import generating as page
from kerasbook.outlook.attention.model import build_language_model

SETTINGS = {"vocab_size": 4, "context": 8, "width": 8, "heads": 2, "blocks": 2}
CHARACTERS = ["\n", "a", "b", "□"]


@pytest.fixture(scope="module")
def model():
    model = build_language_model(**SETTINGS)
    generator = np.random.default_rng(0)
    for weight in model.weights:  # none is zero, so that each one shows
        weight.assign(weight + generator.normal(0, 0.3, weight.shape))
    return model


@pytest.mark.parametrize("pieces", [(6,), (1, 5), (2, 2, 2), (1,) * 6])
def test_any_pieces_give_what_keras_gives_at_once(model, pieces):
    token_ids = np.array([0, 1, 2, 3, 2, 1])
    caches, first = None, 0
    for length in pieces:
        part = token_ids[first : first + length]
        logits, seen, caches = page.forward_with_cache(model, part, caches)
        first += length
    whole = model.predict_on_batch(token_ids[None])[0, -1]
    np.testing.assert_allclose(logits, whole, atol=1e-5)
    assert [each.shape for each in seen] == [(2, pieces[-1], 6)] * 2
    np.testing.assert_allclose(seen[0].sum(axis=-1), 1, rtol=1e-5)
    assert caches[1][0].shape == (1, 2, 6, 4)


def test_new_tokens_stand_after_the_cached_ones(model):
    assert page.empty_caches(model) == [None, None]
    whole = page.embed_new_tokens(model.get_layer, [1, 2, 3], page.empty_caches(model))
    _, _, caches = page.forward_with_cache(model, [1])
    later = page.embed_new_tokens(model.get_layer, [2, 3], caches)
    np.testing.assert_array_equal(later, whole[:, 1:])
    with pytest.raises(ValueError, match="at most 8 characters"):
        page.embed_new_tokens(model.get_layer, [0] * 8, caches)


def test_one_block_and_its_attention(model):
    x = np.random.default_rng(1).normal(size=(1, 3, 8)).astype("float32")
    out, weights, (key, value) = page.transformer_block_with_cache(model.get_layer, x, 0, None)
    assert out.shape == x.shape
    arrays = model.get_layer("attention_0").weights
    looked, alone, _ = page.cached_attention(x[:, 2:], arrays, (key, value))
    assert looked.shape == (1, 1, 8)
    assert weights.shape[-1] == 3
    assert alone.shape == (1, 2, 1, 4)


def test_temperatures_by_hand():
    logits = np.log([1, 2])
    np.testing.assert_allclose(page.softmax_with_temperature(logits, 1), [1 / 3, 2 / 3])
    np.testing.assert_allclose(page.softmax_with_temperature(logits, 0.5), [1 / 5, 4 / 5])
    assert page.softmax_with_temperature([0, 1000], 1).tolist() == [0, 1]


@pytest.mark.parametrize("temperature", [0, -1, float("nan")])
def test_a_temperature_must_be_above_zero(temperature):
    with pytest.raises(ValueError, match=r"above 0\. Received: "):
        page.softmax_with_temperature([0, 1], temperature)


def test_writing_goes_on_and_can_be_repeated(model):
    settings = {"length": 6, "temperature": 1.0}
    text = page.generate_text(model, "\na", CHARACTERS, **settings)
    assert text.startswith("\na")
    assert len(text) == 8
    assert text == page.generate_text(model, "\na", CHARACTERS, **settings)
    others = {
        page.generate_text(model, "\na", CHARACTERS, **settings, seed=seed) for seed in range(5)
    }
    assert len(others) > 1


def test_a_cold_model_takes_the_most_probable(model):
    text = page.generate_text(model, "\n", CHARACTERS, length=1, temperature=0.0001)
    logits = page.forward_with_cache(model, [0])[0]
    assert text[1] == CHARACTERS[logits.argmax()]


@pytest.mark.parametrize(
    ("prompt", "changes", "message"),
    [
        ("", {}, r"Received: prompt=''\. Begin with '\\n'"),
        ("x", {}, r"Received: \['x'\]"),
        ("a", {"temperature": 0}, r"temperature above 0"),
        ("a", {"length": 9}, r"at most 8 characters, .* Received: 9\. Write less"),
    ],
)
def test_bad_input_is_named_with_its_cure(model, prompt, changes, message):
    settings = {"length": 3, "temperature": 1.0} | changes
    with pytest.raises(ValueError, match=message):
        page.generate_text(model, prompt, CHARACTERS, **settings)


def test_an_empty_beginning_is_refused():
    with pytest.raises(ValueError, match="at least one character"):
        page.require_beginning("")
    page.require_beginning("a")


def test_as_many_characters_as_the_context_length():
    page.require_context_length(4, 4)
    with pytest.raises(ValueError, match="at most 4 characters"):
        page.require_context_length(4, 5)


def test_both_ways_agree_here(model, tmp_path):
    file = tmp_path / "small.weights.h5"
    model.save_weights(file)
    one, other = elsewhere.logits_both_ways([0, 1, 2, 3], file, SETTINGS)
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_another_backend_gets_all_that_reading_needs(monkeypatch):
    asked = {}

    def pretend(backend, parts, call, *, header, quick):
        asked.update(backend=backend, names={part.__name__ for part in parts}, call=call)
        return [[1.0, 2.0], [3.0, 4.0]]

    monkeypatch.setattr(elsewhere, "call_on_backend", pretend)
    values = elsewhere.logits_on_backend("jax", [0, 1], "/w.h5", {"vocab_size": 3})
    assert values.tolist() == [[1, 2], [3, 4]]
    assert asked["backend"] == "jax"
    assert asked["names"] > {"logits_both_ways", "build_language_model", "embed_new_tokens"}
    assert asked["names"] > {"scaled_dot_product_attention", "forward_with_cache", "empty_caches"}
    assert asked["call"] == "logits_both_ways(*([0, 1], '/w.h5', {'vocab_size': 3}))"


def test_one_more_character_is_timed_both_ways(model):
    uncached, cached = timing.time_next_token(model, np.zeros(6, int), (2, 6))
    assert len(uncached) == len(cached) == 2
    assert min(uncached + cached) > 0


def test_answers_and_the_usual_mistakes():
    assert answers.band_mask(3, 2).tolist() == [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    assert answers.careless_band_mask(3, 1).tolist() == [
        [1, 0, 0], [1, 1, 0], [0, 1, 1],
    ]  # fmt: skip
    assert answers.joined_perplexity([(1, 2), (1, 8)]) == pytest.approx(4)
    assert answers.joined_perplexity([(3, 1), (1, 16)]) == pytest.approx(2)
    assert answers.careless_joined_perplexity([(1, 2), (1, 8)]) == pytest.approx(5)


def test_pictures_show_what_they_are_given(axes):
    drawing.plot_masks(axes[:2], {"one": np.eye(3), "two": np.ones((3, 3))})
    assert axes[0].get_title() == "one"
    np.testing.assert_array_equal(axes[1].images[0].get_array(), 1)
    drawing.plot_attention([axes[2]], {"head": np.eye(4)}, breaks=(2,))
    assert len(axes[2].lines) == 2
    probabilities = {0.5: np.array([0.9, 0.1]), 1.0: np.array([0.6, 0.4])}
    drawing.plot_temperatures(axes[3], probabilities, [" ", "a"])
    assert [label.get_text() for label in axes[3].get_xticklabels()] == ["' '", "'a'"]
    heights = [bar.get_height() for bar in axes[3].patches]
    assert heights == [0.9, 0.1, 0.6, 0.4]


def test_the_picture_of_costs_has_both_lines(axes):
    drawing.plot_cache_gain(axes[0], (1, 10), [1, 10], [1, 3])
    assert [line.get_ydata()[1] for line in axes[0].lines] == [10, 3]


@pytest.fixture
def axes():
    from matplotlib.figure import Figure

    return list(Figure().subplots(2, 2).flat)
