import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.faster.drawing import plot_whitening, show_in_range


def test_each_image_spans_black_to_white_below_its_title():
    images = [np.arange(12.0).reshape(2, 2, 3) - 5, 100 * np.arange(12.0).reshape(2, 2, 3)]
    axes = Figure().subplots(1, 2)
    show_in_range(axes, images, ("one", "two"))
    for axis, title in zip(axes, ("one", "two"), strict=True):
        (shown,) = axis.images
        np.testing.assert_allclose(
            shown.get_array(), np.arange(12).reshape(2, 2, 3) / 11, atol=1e-6
        )
        assert axis.get_title() == title


def test_whitening_shows_correlations_around_the_filters():
    generator = np.random.default_rng(0)
    base = generator.normal(size=(400, 1))
    patches = np.repeat(base, 12, axis=1) * np.resize([1, -2], 12)
    outputs = generator.normal(size=(400, 12))
    kernel = np.zeros((2, 2, 3, 12))
    kernel[..., 5] = -3.0
    kernel[0, 0, 0] = 0.5
    axes = Figure().subplots(1, 3)
    plot_whitening(axes, patches, kernel, outputs)
    before, tiles, after = (axis.images[0].get_array() for axis in axes)
    np.testing.assert_allclose(before, 1)  # a negative correlation is one, too
    np.testing.assert_allclose(np.diag(after), 1)
    assert np.max(after - np.eye(12)) < 0.2
    # Three rows of four filters, 2 x 2 pixels and a white edge of one pixel.
    assert tiles.shape == (9, 12, 3)
    np.testing.assert_allclose(tiles[4, 4], 0)  # of the sixth, scaled by its largest weight
    np.testing.assert_allclose(tiles[0, 0], [1, 0.5, 0.5])
    np.testing.assert_allclose(tiles[2], 1)
    assert [axis.get_title() for axis in axes] == ["inputs", "filters", "outputs"]


def test_a_title_is_needed_for_each_image():
    with pytest.raises(ValueError, match="shorter"):
        show_in_range(Figure().subplots(1, 2), [np.eye(3)] * 2, ["one"])
