"""Adapting a backbone: what may change is what changes, and no more."""

import numpy as np
import pytest

from kerasbook.beyond.pretrained import adapting

INPUTS = {
    "token_ids": np.array([[2, 6, 5, 3], [2, 7, 3, 0]]),
    "padding_mask": np.array([[1, 1, 1, 1], [1, 1, 1, 0]]),
    "segment_ids": np.zeros((2, 4), "int32"),
}


@pytest.fixture
def backbone(make_backbone):
    return make_backbone(dropout=0.0, max_sequence_length=8)


@pytest.mark.parametrize(
    ("way", "count"),
    [
        ("frozen", 0),
        # query and value: A of 8 x 2 x 3, B of 3 x 4, a bias of 8
        ("lora", 2 * (8 * 2 * 3 + 3 * 4 + 8)),
    ],
)
def test_what_may_change_is_counted_and_begins_without_change(backbone, way, count):
    before = np.array(backbone(INPUTS)["sequence_output"])
    adapting.set_trainable(backbone, way, rank=3)
    assert adapting.count_trainable(backbone) == count
    assert np.array_equal(backbone(INPUTS)["sequence_output"], before)


def test_in_full_everything_may_change_again(backbone):
    adapting.set_trainable(backbone, "frozen")
    adapting.set_trainable(backbone, "full")
    assert adapting.count_trainable(backbone) == backbone.count_params()


def test_a_class_head_sees_the_mean_without_padding(backbone):
    model = adapting.add_class_head(backbone, 5)
    states = np.array(backbone(INPUTS)["sequence_output"])
    kernel, bias = model.layers[-1].get_weights()
    means = np.stack([states[0].mean(axis=0), states[1, :3].mean(axis=0)])
    assert np.allclose(model(INPUTS), means @ kernel + bias, atol=1e-5)


def test_a_token_head_sees_each_token(backbone):
    model = adapting.add_token_head(backbone, 3)
    states = np.array(backbone(INPUTS)["sequence_output"])
    kernel, bias = model.layers[-1].get_weights()
    assert np.allclose(model(INPUTS), states @ kernel + bias, atol=1e-5)


def test_the_rate_climbs_for_a_tenth_of_the_steps_and_falls_to_zero():
    rate = adapting.warmup_cosine_decay(0.5, 100)
    assert [float(rate(step)) for step in (0, 5, 10, 55, 100)] == pytest.approx(
        [0, 0.25, 0.5, 0.25, 0], abs=1e-6
    )


@pytest.mark.parametrize("way", ["frozen", "lora"])
def test_training_moves_only_what_may_change(backbone, way):
    adapting.set_trainable(backbone, way)
    model = adapting.add_class_head(backbone, 3, dropout=0.0)
    free = {weight.path for weight in model.trainable_weights}
    before = model.get_weights()
    losses = adapting.fine_tune(
        model, [(INPUTS, np.array([0, 2]))] * 3, epochs=4, learning_rate=0.05
    )
    moved = {
        weight.path
        for weight, old, new in zip(model.weights, before, model.get_weights(), strict=True)
        if not np.array_equal(old, new)
    }
    assert moved == free
    assert len(losses) == 4
    assert losses[-1] < losses[0]


def test_a_label_of_minus_one_teaches_nothing(backbone):
    adapting.set_trainable(backbone, "frozen")
    model = adapting.add_token_head(backbone, 3, dropout=0.0)
    before = model.get_weights()
    adapting.fine_tune(model, [(INPUTS, np.full((2, 4), -1))], epochs=2, learning_rate=0.0)
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(old, new)
