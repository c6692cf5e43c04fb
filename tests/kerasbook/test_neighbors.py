"""The closest row and the closest mean, by hand and by brute force."""

import numpy as np

from kerasbook.neighbors import nearest_centroid, nearest_neighbor


def test_the_nearest_neighbor_by_hand():
    x_train = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 5.0]])
    x_test = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 2.6], [9.0, 9.0]])
    found = nearest_neighbor(x_train, np.array([7, 8, 9]), x_test)
    assert found.tolist() == [7, 8, 9, 9]


def test_the_nearest_neighbor_agrees_with_brute_force():
    generator = np.random.default_rng(0)
    x_train, x_test = generator.normal(5, 1, (40, 6)), generator.normal(5, 1, (25, 6))
    distances = np.linalg.norm(x_test[:, None] - x_train[None], axis=2)
    found = nearest_neighbor(x_train, np.arange(40), x_test)
    np.testing.assert_array_equal(found, distances.argmin(axis=1))


def test_the_nearest_mean_by_hand():
    x_train = np.array([[0.0], [2.0], [10.0], [12.0]])  # means 1 and 11
    found = nearest_centroid(x_train, np.array([3, 3, 8, 8]), np.array([[5.9], [6.1]]))
    assert found.tolist() == [3, 8]
