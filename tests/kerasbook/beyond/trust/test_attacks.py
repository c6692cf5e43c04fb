import keras
import numpy as np
import pytest
from scipy.special import softmax

from kerasbook.beyond.trust import attacks as page

WEIGHTS = np.array([[2.0, -1.0], [0.5, 0.4], [-3.0, 1.0], [0.0, 0.2]], "float32")


@pytest.fixture(scope="module")
def linear():
    model = keras.Sequential(
        [keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(2, use_bias=False)]
    )
    model.set_weights([WEIGHTS])
    return model


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    images = generator.uniform(0.3, 0.7, (8, 2, 2, 1)).astype("float32")
    return images, generator.integers(0, 2, 8)


def losses(model, images, labels):
    chances = softmax(model.predict(images, verbose=0), axis=1)
    return -np.log(chances[np.arange(len(labels)), labels])


def test_the_slope_of_a_linear_network_by_hand(linear, task):
    images, labels = task
    chances = softmax(images.reshape(8, 4) @ WEIGHTS, axis=1)
    expected = (chances - np.eye(2)[labels]) @ WEIGHTS.T
    found = page.input_gradient(linear, images, labels).reshape(8, 4)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_one_step_moves_the_margin_by_the_sum_of_the_weights(linear, task):
    images, labels = task
    changed = page.fast_gradient_sign(linear, images, labels, 0.1)
    margin = WEIGHTS[:, 0] - WEIGHTS[:, 1]
    moved = (changed - images).reshape(8, 4) @ margin
    np.testing.assert_allclose(np.abs(moved), 0.1 * np.abs(margin).sum(), rtol=1e-5)
    assert (losses(linear, changed, labels) > losses(linear, images, labels)).all()


@pytest.mark.parametrize("attack", [page.fast_gradient_sign, page.projected_gradient_descent])
@pytest.mark.parametrize("epsilon", [0, 4 / 255, 0.5])
def test_no_pixel_goes_further_than_allowed(linear, task, attack, epsilon):
    images, labels = task
    changed = attack(linear, images, labels, epsilon)
    assert np.abs(changed - images).max() <= epsilon + 1e-6
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (changed.shape, changed.dtype) == (images.shape, np.float32)


def test_steps_find_the_corner_that_one_step_finds(linear, task):
    images, labels = task  # for a linear network, that corner is the best
    one = page.fast_gradient_sign(linear, images, labels, 0.1)
    ten = page.projected_gradient_descent(linear, images, labels, 0.1)
    np.testing.assert_allclose(ten, one, atol=1e-5)


def test_a_seed_repeats_the_start(linear, task):
    images, labels = task
    found = [
        page.projected_gradient_descent(linear, images, labels, 0.1, steps=0, seed=seed)
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0] != found[2]).any()


@pytest.mark.parametrize("attack", [page.fast_gradient_sign, page.projected_gradient_descent])
@pytest.mark.parametrize("epsilon", [-1, 8])
def test_epsilon_has_the_units_of_the_images(linear, task, attack, epsilon):
    with pytest.raises(ValueError, match=f"write 8 / 255 .* Received: epsilon={epsilon}"):
        attack(linear, *task, epsilon)
    with pytest.raises(ValueError, match="from 0 to 1"):
        page.require_epsilon(epsilon)
