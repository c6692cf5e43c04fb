"""The ring, the distance between samples, and the two models that train each other."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from matplotlib.figure import Figure
from scipy.stats import energy_distance as scipy_energy_distance

from kerasbook.concepts import adversarial

# The ring


def test_centers_stand_on_the_circle():
    centers = adversarial.ring_centers(modes=4, radius=3)
    np.testing.assert_allclose(centers, [[3, 0], [0, 3], [-3, 0], [0, -3]], atol=1e-12)


def test_points_gather_around_the_centers():
    points = adversarial.sample_ring(4000, seed=0, modes=4, spread=0.2)
    centers = adversarial.ring_centers(modes=4)
    nearest = np.linalg.norm(points[:, None] - centers, axis=-1).argmin(axis=1)
    assert points.dtype == np.float32
    assert (np.bincount(nearest) > 850).all(), "1000 expected, 27 the standard deviation"
    for mode, center in enumerate(centers):
        mine = points[nearest == mode]
        np.testing.assert_allclose(mine.mean(axis=0), center, atol=0.04)
        np.testing.assert_allclose(mine.std(axis=0), 0.2, atol=0.03)
    again = adversarial.sample_ring(4000, seed=0, modes=4, spread=0.2)
    other = adversarial.sample_ring(4000, seed=1, modes=4, spread=0.2)
    assert np.array_equal(points, again)
    assert not np.array_equal(points, other)


# Distance


def test_distance_by_hand():
    x, y = np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[0.0, 3.0]])
    # between: 3 and sqrt(13); within x: 0, 2, 2, 0; within y: 0
    expected = 2 * (3 + np.sqrt(13)) / 2 - 1
    assert adversarial.energy_distance(x, y) == pytest.approx(expected)
    assert adversarial.energy_distance(y, x) == pytest.approx(expected)


def test_the_example_on_a_line():
    x, y = np.array([[0.0], [2.0]]), np.array([[3.0]])
    assert adversarial.mean_pairwise_distance(x, y) == 2
    assert adversarial.mean_pairwise_distance(x, x) == 1
    assert adversarial.energy_distance(x, y) == 3


def test_distance_in_one_dimension_agrees_with_scipy():
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(40, 1)), generator.normal(1, 2, size=(25, 1))
    expected = scipy_energy_distance(x[:, 0], y[:, 0]) ** 2  # SciPy gives the root
    assert adversarial.energy_distance(x, y) == pytest.approx(expected)


def test_distance_is_zero_to_itself_and_grows_with_a_shift():
    x = adversarial.sample_ring(100, seed=0).astype(float)
    assert adversarial.energy_distance(x, x) == pytest.approx(0, abs=1e-12)
    shifts = [adversarial.energy_distance(x, x + shift) for shift in (0.1, 0.5, 2)]
    assert 0 < shifts[0] < shifts[1] < shifts[2]


def test_modes_are_covered_by_enough_points_near_them():
    centers = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    points = np.concatenate(
        [
            np.full((12, 2), 0.1),  # the first: many
            np.tile([10.0, 0.2], (1, 1)),  # the second: 1 of 16, a quarter of the fair share
            np.tile([0.0, 7.0], (3, 1)),  # nearest to the third, but too far
        ]
    )
    assert adversarial.count_covered_modes(points, centers, radius=1) == 2
    assert adversarial.count_covered_modes(points, centers, radius=4) == 3
    more = np.concatenate([points, points[:1]])  # 1 of 17 is less than a quarter of 17 / 4
    assert adversarial.count_covered_modes(more, centers, radius=1) == 1


# The GAN


def make_gan(rate=0.0):
    keras.utils.set_random_seed(0)
    gan = adversarial.GAN(adversarial.build_mlp(2, 2), adversarial.build_mlp(2, 1))
    gan.generator_optimizer = keras.optimizers.SGD(rate)
    gan.discriminator_optimizer = keras.optimizers.SGD(rate)
    return gan


def test_networks_are_two_layers_of_tanh_and_a_linear_one():
    model = adversarial.build_mlp(3, 2, units=4)
    w1, b1, w2, b2, w3, b3 = model.get_weights()
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    expected = np.tanh(np.tanh(x @ w1 + b1) @ w2 + b2) @ w3 + b3
    np.testing.assert_allclose(model(x), expected, atol=1e-5)


def test_a_player_takes_other_activations():
    model = adversarial.build_mlp(3, 2, units=4, hidden="relu", last="tanh")
    w1, b1, w2, b2, w3, b3 = model.get_weights()
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    hidden = np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0)
    np.testing.assert_allclose(model(x), np.tanh(hidden @ w3 + b3), atol=1e-5)


def test_noise_has_as_many_numbers_as_the_generator_reads():
    gan = adversarial.GAN(adversarial.build_mlp(5, 3), adversarial.build_mlp(3, 1))
    logs = gan.train_step(tf.zeros((4, 3)))
    assert set(logs) == {"discriminator", "generator"}


def test_beta_1_reaches_both_optimizers():
    gan = adversarial.GAN(adversarial.build_mlp(2, 2), adversarial.build_mlp(2, 1), beta_1=0.7)
    assert gan.generator_optimizer.beta_1 == gan.discriminator_optimizer.beta_1 == 0.7


def test_surprise_is_the_cross_entropy_of_the_answer():
    logits = tf.constant([[np.log(4.0)], [0.0]], tf.float32)  # p = 0.8 and 0.5
    right = adversarial.bce_with_logits(logits, 1)
    wrong = adversarial.bce_with_logits(logits, 0)
    assert float(right) == pytest.approx(-(np.log(0.8) + np.log(0.5)) / 2)
    assert float(wrong) == pytest.approx(-(np.log(0.2) + np.log(0.5)) / 2)


def test_losses_are_those_of_the_formulas():
    """The discriminator is set to say D everywhere: both losses are known."""
    gan = make_gan()
    for weight in gan.discriminator.weights:
        weight.assign(tf.zeros_like(weight))
    probability = 0.8
    logit = np.log(probability / (1 - probability))
    gan.discriminator.layers[-1].bias.assign([logit])
    logs = gan.train_step(tf.zeros((6, 2)))
    expected = -np.log(probability) - np.log(1 - probability)
    assert float(logs["discriminator"]) == pytest.approx(expected, rel=1e-5)
    assert float(logs["generator"]) == pytest.approx(-np.log(probability), rel=1e-5)


def moved(before, model):
    return [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]


@pytest.mark.parametrize("learner", ["generator", "discriminator"])
def test_each_update_moves_its_own_network_only(learner):
    gan = make_gan(rate=0.1)
    models = {"generator": gan.generator, "discriminator": gan.discriminator}
    before = {name: model.get_weights() for name, model in models.items()}
    noise = tf.random.stateless_normal((6, 2), seed=(1, 2))
    if learner == "generator":
        adversarial.update_generator(gan, noise)
    else:
        adversarial.update_discriminator(gan, tf.ones((6, 2)), noise)
    for name, model in models.items():
        changed = moved(before[name], model)
        assert all(changed) if name == learner else not any(changed), name


def test_each_update_lowers_its_own_loss():
    """On fixed noise, a small step of each optimizer lowers the loss that it is meant to lower."""
    real = tf.constant(adversarial.sample_ring(512, seed=0))
    noise = tf.random.stateless_normal((512, 2), seed=(1, 2))
    gan = make_gan(rate=0.01)
    first = adversarial.update_discriminator(gan, real, noise)
    assert adversarial.update_discriminator(gan, real, noise) < first
    first = adversarial.update_generator(gan, noise)
    assert adversarial.update_generator(gan, noise) < first


def test_a_step_moves_both_networks_and_repeats_with_the_seed():
    after = []
    for _ in range(2):
        gan = make_gan(rate=0.1)
        before = [gan.generator.get_weights(), gan.discriminator.get_weights()]
        gan.train_step(tf.ones((6, 2)))
        assert all(moved(before[0], gan.generator))
        assert all(moved(before[1], gan.discriminator))
        after.append(gan.generator.get_weights()[0])
    np.testing.assert_array_equal(*after)


def test_training_brings_the_samples_to_the_data():
    """One Gaussian off the origin: the distance falls to a tenth, and all points are kept."""
    generator = np.random.default_rng(0)
    points = generator.normal((1.5, -1), 0.5, (2560, 2)).astype("float32")
    noise = generator.normal(size=(300, 2)).astype("float32")
    keras.utils.set_random_seed(0)
    gan = adversarial.GAN(adversarial.build_mlp(2, 2), adversarial.build_mlp(2, 1))
    samples = adversarial.train_gan(gan, points, noise, epochs=30, batch_size=256)
    assert [sample.shape for sample in samples] == [(300, 2)] * 31
    np.testing.assert_allclose(gan.generator(noise), samples[-1], atol=1e-5)
    assert set(gan.history.history) == {"generator", "discriminator"}
    first, last = (adversarial.energy_distance(points[:500], samples[k]) for k in (0, -1))
    assert last < first / 10


def test_running_ahead_moves_the_generator_several_times_a_round(monkeypatch):
    calls = []
    for name in ("update_discriminator", "update_generator"):
        monkeypatch.setattr(adversarial, name, lambda *args, name=name: calls.append(name))
    monkeypatch.setattr(adversarial.tf, "function", lambda each: each)
    points, noise = np.zeros((8, 2), "float32"), np.ones((5, 2), "float32")
    samples = adversarial.train_generator_ahead(
        make_gan(), points, noise, rounds=2, generator_steps=3
    )
    assert calls == (["update_discriminator"] + ["update_generator"] * 3) * 2
    assert [sample.shape for sample in samples] == [(5, 2)] * 3


def test_a_generator_ahead_puts_all_in_one_place():
    keras.utils.set_random_seed(0)
    gan = adversarial.GAN(adversarial.build_mlp(2, 2), adversarial.build_mlp(2, 1))
    points = adversarial.sample_ring(10_000, seed=0)
    noise = np.random.default_rng(0).normal(size=(300, 2)).astype("float32")
    samples = adversarial.train_generator_ahead(gan, points, noise, rounds=100, generator_steps=10)
    covered = [adversarial.count_covered_modes(s, adversarial.ring_centers()) for s in samples[50:]]
    assert max(covered) <= 3


# Exercise


def test_both_losses_by_hand():
    found = adversarial.gan_losses([0.8], [0.3])
    np.testing.assert_allclose(found, [0.5798, 1.2040], atol=1e-4)
    found = adversarial.gan_losses([0.5, 0.5], [0.01, 0.01])
    np.testing.assert_allclose(found, [0.7032, 4.6052], atol=1e-4)


def test_the_mistake_is_the_loss_before_the_swap():
    right = adversarial.gan_losses([0.5, 0.8], [0.5, 0.3])
    wrong = adversarial.minimax_losses([0.5, 0.8], [0.5, 0.3])
    assert right[0] == wrong[0]
    assert wrong[1] == pytest.approx((np.log(0.5) + np.log(0.7)) / 2)


# Figures


def test_samples_are_drawn_one_axis_each():
    samples = np.arange(12.0).reshape(2, 3, 2)
    axes = Figure(layout="constrained").subplots(1, 2)
    centers = adversarial.ring_centers(modes=4)
    adversarial.plot_samples(axes, samples, ["a", "b"], centers=centers)
    for axis, points, title in zip(axes, samples, "ab", strict=True):
        assert axis.get_title() == title
        np.testing.assert_array_equal(axis.collections[0].get_offsets(), points)
        np.testing.assert_allclose(axis.lines[0].get_xydata(), centers)
        assert axis.get_xlim() == axis.get_ylim() == (-3, 3)


def test_images_are_drawn_in_rows():
    rows = np.linspace(-1, 1, 2 * 3 * 64).reshape(2, 3, 64)
    axes = Figure().subplots(2, 3)
    adversarial.plot_images(axes, rows)
    for line, images in zip(axes, rows, strict=True):
        for axis, image in zip(line, images, strict=True):
            np.testing.assert_array_equal(axis.images[0].get_array(), image.reshape(8, 8))
            assert axis.images[0].get_clim() == (-1, 1)


def test_progress_is_drawn_run_by_run_with_the_reference():
    axes = Figure(layout="constrained").subplots(1, 2)
    adversarial.plot_progress(
        axes, {"a": [1, 0.1], "b": [2, 0.2]}, {"a": [0, 8], "b": [0, 4]}, [0.01, 0.03, 0.02]
    )
    assert axes[0].get_yscale() == "log"
    assert [list(line.get_ydata()) for line in axes[0].lines] == [[1, 0.1], [2, 0.2]]
    assert [list(line.get_ydata()) for line in axes[1].lines] == [[0, 8], [0, 4]]
    styles = [(line.get_linestyle(), line.get_marker()) for line in axes[1].lines]
    assert len(set(styles)) == 2
    band = axes[0].patches[0]
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.01, 0.03))
    assert [text.get_text() for text in axes[1].figure.legends[0].get_texts()] == ["a", "b"]
