"""Drawings: pictures in their places, curves with their means."""

import matplotlib.pyplot as plt
import numpy as np

from kerasbook.beyond.transfer import drawing as page


def test_each_picture_stands_below_its_title():
    images = np.arange(5 * 2 * 2 * 3).reshape(5, 2, 2, 3).astype("uint8")
    figure, axes = plt.subplots(2, 2)
    page.show_neighbors(axes, images, [[0, 3], [0, 4]], [["a", "b"], ["a", "c"]])
    assert [axis.get_title() for axis in axes.flat] == ["a", "b", "a", "c"]
    assert np.array_equal(axes[1, 1].get_images()[0].get_array(), images[4])
    plt.close(figure)


def test_curves_are_means_over_draws():
    figure, axis = plt.subplots()
    found = np.array([[0.2, 0.4], [0.4, 0.8]])
    page.plot_labels(axis, [5, 50], {"features": found, "pixels": found / 2})
    first, second = axis.get_lines()
    assert np.allclose(first.get_ydata(), [0.3, 0.6])
    assert np.allclose(second.get_ydata(), [0.15, 0.3])
    assert first.get_marker() != second.get_marker()
    assert [label.get_text() for label in axis.get_xticklabels()] == ["5", "50"]
    plt.close(figure)
