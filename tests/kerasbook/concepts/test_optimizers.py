import keras
import numpy as np
import pytest

from kerasbook.concepts import optimizers as page
from kerasbook.concepts.descents import run_keras_on_quadratic, run_on_quadratic

START, CURVATURES = [-8.0, 1.0], np.array([1.0, 100.0])


@pytest.mark.parametrize(
    ("step", "settings", "optimizer"),
    [
        (page.sgd_step, {"learning_rate": 0.018}, keras.optimizers.SGD),
        (page.sgd_step, {"learning_rate": 0.018, "momentum": 0.9}, keras.optimizers.SGD),
        (page.rmsprop_step, {"learning_rate": 0.1}, keras.optimizers.RMSprop),
        (page.rmsprop_step, {"learning_rate": 0.3, "rho": 0.5}, keras.optimizers.RMSprop),
        (page.adam_step, {"learning_rate": 0.3}, keras.optimizers.Adam),
        (page.adam_step, {"learning_rate": 0.3, "beta_1": 0.5}, keras.optimizers.Adam),
        (page.adamw_step, {"learning_rate": 0.3, "weight_decay": 0.1}, keras.optimizers.AdamW),
        (page.adamw_step, {"learning_rate": 0.3, "weight_decay": 0.1}, keras.optimizers.Adam),
    ],
)
def test_the_rules_walk_the_paths_of_keras(step, settings, optimizer):
    ours = run_on_quadratic(step, START, CURVATURES, steps=30, **settings)
    keras_path = run_keras_on_quadratic(optimizer(**settings), START, CURVATURES, steps=30)
    assert ours.shape == keras_path.shape == (31, 2)
    assert np.abs(ours[-1] - ours[0]).max() > 1
    np.testing.assert_allclose(ours, keras_path, atol=5e-4)


def test_amsgrad_walks_the_path_of_keras_and_not_that_of_adam():
    settings = {"learning_rate": 0.3, "beta_2": 0.9}
    optimizer = keras.optimizers.Adam(amsgrad=True, **settings)
    ours = run_on_quadratic(page.amsgrad_step, START, CURVATURES, steps=30, **settings)
    theirs = run_keras_on_quadratic(optimizer, START, CURVATURES, steps=30)
    np.testing.assert_allclose(ours, theirs, atol=5e-4)
    adam = run_on_quadratic(page.adam_step, START, CURVATURES, steps=30, **settings)
    assert np.abs(ours - adam).max() > 0.1


def test_two_steps_by_hand():
    one = np.array([1.0])
    plain = run_on_quadratic(page.sgd_step, [2.0], one, steps=2, learning_rate=0.1)
    assert plain.ravel() == pytest.approx([2, 1.8, 1.62])
    heavy = run_on_quadratic(page.sgd_step, [2.0], one, steps=2, learning_rate=0.1, momentum=0.5)
    assert heavy.ravel() == pytest.approx([2, 1.8, 1.8 - 0.1 - 0.18])
    root = run_on_quadratic(page.rmsprop_step, [2.0], one, steps=1, learning_rate=0.1)
    assert root.ravel() == pytest.approx([2, 2 - 0.1 / np.sqrt(0.1)])
    adam = run_on_quadratic(page.adam_step, [2.0, -3.0], one, steps=1, learning_rate=0.1)
    assert adam[1] == pytest.approx([1.9, -2.9])


def test_weight_decay_by_hand():
    settings = {"learning_rate": 0.1, "weight_decay": 0.5}
    w, g = np.array([2.0, 2.0]), np.array([4.0, 0.0])
    # 2 - 0.1 · 0.5 · 2 = 1.9, and Adam's first step of 0.1 where there is a gradient
    assert page.adamw_step(w, g, {}, **settings) == pytest.approx([1.8, 1.9])
    adam = page.adam_step(w, g, {}, learning_rate=0.1)
    undecayed = page.adamw_step(w, g, {}, learning_rate=0.1, weight_decay=0.0)
    np.testing.assert_array_equal(undecayed, adam)


def test_only_a_penalty_in_the_loss_passes_through_the_division_of_adam():
    w = np.array([2.0])
    for factor in (0.1, 10.0):  # the gradient is that of the penalty alone
        assert page.adam_step(w, factor * w, {}, learning_rate=0.1) == pytest.approx([1.9])
    decoupled = page.adamw_step(w, 0 * w, {}, learning_rate=0.1, weight_decay=0.1)
    assert decoupled == pytest.approx([1.98])


def test_names_keep_biases_scales_and_offsets_out_of_weight_decay():
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(2), layers.BatchNormalization(),
         layers.LayerNormalization()]
    )  # fmt: skip
    variables = model.trainable_variables
    for variable in variables:
        variable.assign(np.ones(variable.shape))
    optimizer = keras.optimizers.SGD(0.1, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.apply([keras.ops.zeros(variable.shape) for variable in variables], variables)
    shrunk = {each.name for each in variables if (keras.ops.convert_to_numpy(each) < 1).any()}
    assert shrunk == {"kernel"}
    assert len(variables) == 6


def test_the_penalty_of_keras_has_no_half():
    penalty = keras.regularizers.L2(0.1 / 2)(keras.ops.ones(3))
    assert float(penalty) == pytest.approx(0.1 / 2 * 3)


@pytest.mark.parametrize("step", [page.rmsprop_step, page.adam_step])
def test_adaptive_rules_do_not_see_the_unit_of_the_loss(step):
    paths = [
        run_on_quadratic(step, START, factor * CURVATURES, steps=40, learning_rate=0.1)
        for factor in (1, 100)
    ]
    np.testing.assert_allclose(*paths, atol=1e-5)


def test_noise_alone_keeps_adam_stepping_a_quarter_of_its_rate():
    noise = np.random.default_rng(0).standard_normal(20_000)
    position, state, steps = 0.0, {}, []
    for g in noise:
        moved = page.adam_step(position, g, state, learning_rate=1.0)
        steps.append(moved - position)
        position = moved
    assert np.std(steps[5_000:]) == pytest.approx(np.sqrt(0.1 / 1.9), rel=0.05)


def test_clipping_keeps_the_direction_only_if_all_gradients_are_clipped_together():
    moved = {}
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        weights = [keras.Variable(0.0), keras.Variable(0.0)]
        gradients = [keras.ops.convert_to_tensor(g) for g in (3.0, 4.0)]
        keras.optimizers.SGD(1.0, **{name: 1.0}).apply(gradients, weights)
        moved[name] = [float(w) for w in weights]
    assert moved["clipnorm"] == pytest.approx([-1, -1])
    assert moved["clipvalue"] == pytest.approx([-1, -1])
    assert moved["global_clipnorm"] == pytest.approx([-0.6, -0.8])


def test_keras_refuses_what_the_page_says():
    with pytest.raises(ValueError, match="Only one of `clipnorm`, `clipvalue` and"):
        keras.optimizers.SGD(0.1, clipnorm=1.0, global_clipnorm=1.0)
    with pytest.raises(ValueError, match="Argument `learning_rate` should be float"):
        keras.optimizers.SGD(1)
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 100))
    with pytest.raises(TypeError, match="hence its learning rate is not settable"):
        adam.learning_rate = 0.01
