import keras
import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import spearmanr

from kerasbook.beyond.trust import explanations as page


def test_grad_cam_by_hand():
    maps = np.array([[[[2.0, 1.0], [0.0, 1.0]]]])  # (1, 1, 2, 2): two cells, two maps
    slopes = np.array([[[[0.0, 1.0], [2.0, 1.0]]]])
    assert page.grad_cam(maps, slopes).tolist() == [[[3.0, 1.0]]]
    assert page.hirescam(maps, slopes).tolist() == [[[1.0, 1.0]]]


def test_what_speaks_against_the_class_is_left_out():
    maps, slopes = np.ones((1, 2, 2, 1)), np.full((1, 2, 2, 1), -1.0)
    assert not page.grad_cam(maps, slopes).any()
    assert not page.hirescam(maps, slopes).any()


@pytest.fixture(scope="module")
def looking():
    """A network whose two logits add up the left and the right half of its one map."""
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.AveragePooling2D(4, name="cells"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, use_bias=False),
        ]
    )
    kernel = np.zeros((8, 8, 3, 2), "float32")
    kernel[:, :4, 0, 0] = 1
    kernel[:, 4:, 0, 1] = 1
    model.set_weights([kernel.reshape(-1, 2)])
    return model


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((5, 32, 32, 3), dtype="float32")


def test_maps_and_slopes_of_a_linear_network(looking, images):
    classes = np.array([0, 1, 0, 1, 1])
    maps, slopes = page.feature_maps_and_gradients(looking, images, classes, "cells")
    expected = images.reshape(5, 8, 4, 8, 4, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(maps, expected, rtol=1e-5)
    for slope, label in zip(slopes, classes, strict=True):
        assert slope[..., 1:].max() == 0  # the other channels do not count
        assert slope[:, :4, 0].tolist() == np.full((8, 4), 1.0 - label).tolist()
    total = page.hirescam(maps, slopes).sum(axis=(1, 2))
    logits = looking.predict(images, verbose=0)[np.arange(5), classes]
    np.testing.assert_allclose(total, logits, rtol=1e-4)


def test_a_layer_that_is_not_there_is_named(looking, images):
    for name in ("last_convolution", "dense"):
        with pytest.raises(ValueError, match=f"feature maps: cells. Received: layer='{name}'"):
            page.feature_maps_and_gradients(looking, images, np.zeros(5, int), name)
    assert page.find_layer(looking, "cells").name == "cells"


def test_each_place_of_the_grid_is_covered_once(images):
    places, covered = page.cover_patches(images, 8, 0.25)
    assert places[0] == (0, 0)
    assert places[-1] == (6, 6)
    assert covered.shape == (49, *images.shape)
    changed = (covered != images).any(axis=-1)
    assert changed.sum(axis=(2, 3)).tolist() == [[64] * 5] * 49
    assert (covered[places.index((1, 2)), :, 4:12, 8:16] == 0.25).all()


def test_occlusion_finds_the_half_that_counts(looking, images):
    def predict(x):
        return softmax(looking.predict(x, verbose=0), axis=1)

    bright = 0.5 + images / 2
    found = page.occlusion_map(predict, bright, np.zeros(5, int), fill=0.0)
    assert found.shape == (5, 8, 8)
    assert (found[:, :, :3] > 0).all()  # covering the left lowers the left class
    assert (found[:, :, 5:] < 0).all()


def test_occlusion_of_a_network_that_sees_one_pixel():
    def predict(x):
        return np.stack([x[:, 9, 17, 0], 1 - x[:, 9, 17, 0]], axis=1)

    white = np.ones((1, 32, 32, 3), "float32")
    found = page.occlusion_map(predict, white, np.array([0]), fill=0.5)[0]
    # Pixel (9, 17) lies in cell (2, 4): two patches a direction cover it, and lose one half.
    assert found[2, 4] == 0.5
    assert found[2, 3] == found[1, 4] == found[2, 5] == 0.25
    assert found[6].max() == 0


def test_edges_are_where_brightness_changes():
    images = np.zeros((1, 32, 32, 3), "float32")
    images[:, :, 16:] = 1
    found = page.edge_map(images)[0]
    assert found.shape == (8, 8)
    assert (found[:, 3:5] > 0).all()
    assert not found[:, :3].any()
    assert not found[:, 5:].any()


def test_marked_cells_are_covered_and_no_others(images):
    maps = np.zeros((5, 8, 8))
    maps[:, 0, 0], maps[:, 7, 7] = 2, 1
    covered = page.mask_top_cells(images, maps, count=2, fill=0.25)
    changed = (covered != images).any(axis=-1)
    assert changed.sum(axis=(1, 2)).tolist() == [32] * 5
    assert (covered[:, :4, :4] == 0.25).all()
    assert (covered[:, 28:, 28:] == 0.25).all()
    other = page.mask_top_cells(images, maps, count=1, fill=images[::-1])
    np.testing.assert_array_equal(other[:, :4, :4], images[::-1, :4, :4])
    np.testing.assert_array_equal(other[:, 4:], images[:, 4:])


def test_agreement_is_the_mean_rank_correlation():
    generator = np.random.default_rng(0)
    a, b = generator.integers(0, 30, (2, 6, 8, 8))  # with ties
    expected = np.mean([spearmanr(x.ravel(), y.ravel())[0] for x, y in zip(a, b, strict=True)])
    assert page.mean_rank_correlation(a, b) == pytest.approx(expected)
    assert page.mean_rank_correlation(a, a**3) == pytest.approx(1)
    assert page.mean_rank_correlation(a, -a) == pytest.approx(-1)
    assert page.mean_rank_correlation(a, np.zeros_like(a)) == 0
