"""Features: averages of what leaves each block, of pixels that the network knows."""

import keras
import numpy as np
from sklearn.neighbors import NearestNeighbors

from kerasbook.beyond.transfer import features as page
from kerasbook.beyond.transfer.lite import build_lite0

layers = keras.layers


def tiny_network(size=4):
    inputs = keras.Input((size, size, 3))
    x = layers.Identity(name="block_0_end")(inputs)
    x = layers.Rescaling(2.0, name="twice")(x)
    return keras.Model(inputs, layers.Identity(name="block_1_end")(x))


def test_each_end_gives_the_averages_of_its_channels():
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 3)).astype("float32")
    means = images.mean(axis=(1, 2))
    found = page.pooled_block_features(tiny_network()).predict(images, verbose=0)
    assert np.allclose(found, np.hstack([means, 2 * means]), atol=1e-6)


def test_a_whole_network_has_seventeen_ends():
    channels = 16 + 2 * 24 + 2 * 40 + 3 * 80 + 3 * 112 + 4 * 192 + 320 + 1280
    assert page.pooled_block_features(build_lite0(64)).output_shape == (None, channels)


def test_pixels_become_what_the_network_was_trained_with():
    extractor = page.with_preprocessing(page.pooled_block_features(tiny_network()))
    image = np.full((1, 4, 4, 3), (255, 127, 63), "uint8")
    found = page.extract_features(extractor, image)[0]
    assert np.allclose(found, [1, 0, -0.5, 2, 0, -1], atol=1e-6)


def test_another_convention_may_be_asked_for():
    extractor = page.with_preprocessing(
        page.pooled_block_features(tiny_network()), mean=0, scale=255
    )
    found = page.extract_features(extractor, np.full((1, 4, 4, 3), 255, "uint8"))
    assert np.allclose(found[0, :3], 1)


def test_images_of_any_size_are_brought_to_the_networks_own():
    inputs = keras.Input((8, 8, 3))
    network = keras.Model(inputs, layers.Identity(name="block_0_end")(inputs))
    images = np.random.default_rng(0).integers(0, 256, (1, 5, 6, 3)).astype("uint8")
    found = page.with_preprocessing(network).predict(images, verbose=0)
    expected = keras.ops.image.resize((images - 127.0) / 128, (8, 8), "bicubic")
    assert np.allclose(found, expected, atol=1e-5)


def test_the_nearest_rows_come_first():
    rows = np.array([[0.0, 0], [3, 4], [1, 0], [0, 2]])
    found = page.nearest_neighbors(rows, np.array([[0.0, 0], [3, 3]]), 3)
    assert found.tolist() == [[0, 2, 3], [1, 3, 2]]


def test_the_nearest_are_those_of_scikit_learn():
    rows = np.random.default_rng(0).normal(size=(50, 4))
    oracle = NearestNeighbors(n_neighbors=5).fit(rows).kneighbors(rows[:9])[1]
    assert np.array_equal(page.nearest_neighbors(rows, rows[:9], 5), oracle)
