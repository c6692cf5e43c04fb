import random

import keras
import numpy as np
import pytest

from kerasbook.outlook.troubles.figures import (
    build_base,
    build_dropout_network,
    fit_then_evaluate,
    freeze_all,
    freeze_normalization,
    kernel_sum,
    losses_in,
    moving_mean_change,
    seed_two,
)
from kerasbook.outlook.troubles.networks import draw_table

ROWS, LABELS = draw_table(64)


def test_without_learning_and_dropout_both_losses_agree():
    fitted, evaluated = fit_then_evaluate(build_dropout_network(0.0, 0.0), ROWS, LABELS)
    assert fitted == pytest.approx(evaluated, rel=1e-6)


def test_dropout_alone_makes_them_differ():
    fitted, evaluated = fit_then_evaluate(build_dropout_network(0.0, 0.5), ROWS, LABELS)
    assert abs(fitted - evaluated) > 1e-3


@pytest.fixture(scope="module")
def base():
    return build_base(ROWS)


def test_a_call_with_training_false_does_not_keep_the_means(base):
    before = base.get_weights()
    free = moving_mean_change(base, ROWS + 5, LABELS)
    assert free > 0.5
    assert moving_mean_change(base, ROWS + 5, LABELS, training=False) == pytest.approx(
        free, rel=0.01
    )
    for was, now in zip(before, base.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize(("freeze", "trained"), [(freeze_normalization, 2), (freeze_all, 0)])
def test_frozen_normalization_keeps_its_means(base, freeze, trained):
    freeze(base)
    assert len(base.trainable_weights) == trained
    assert moving_mean_change(base, ROWS + 5, LABELS) == 0


def test_float16_holds_no_large_inputs_and_skips_steps_with_middling_ones():
    targets = ROWS.sum(axis=1)
    assert np.isnan(losses_in("mixed_float16", 30_000 * ROWS, targets)).all()
    first, second, *_ = losses_in("mixed_float16", 3000 * ROWS, targets)
    assert first == second
    assert np.isfinite(losses_in("float32", 30_000 * ROWS, targets)).all()
    assert keras.config.dtype_policy().name == "float32"


def test_two_seeds_are_one_too_few():
    def build():
        model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(2, "softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
        return model

    def sums(seed):
        random.seed()  # as in another program
        return kernel_sum(seed, ROWS[:8], LABELS[:8], build)

    assert sums(seed_two) != sums(seed_two)
    assert sums(keras.utils.set_random_seed) == sums(keras.utils.set_random_seed)
