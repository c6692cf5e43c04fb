import numpy as np
import pytest

from kerasbook.beyond.trust import corruption as page


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((6, 32, 32, 3), dtype="float32")


@pytest.mark.parametrize("kind", page.CORRUPTIONS)
def test_each_severity_changes_more_and_leaves_the_original(images, kind):
    before = images.copy()
    spoiled = [page.corrupt_images(images, kind, severity) for severity in range(1, 6)]
    np.testing.assert_array_equal(images, before)
    for each in spoiled:
        assert (each.shape, each.dtype) == (images.shape, np.float32)
        assert each.min() >= 0
        assert each.max() <= 1
    change = [np.abs(each - images).mean() for each in spoiled]
    assert change == sorted(change)
    assert change[0] > 0


def test_noise_has_its_deviation():
    gray = np.full((20, 32, 32, 3), 0.5, "float32")
    noise = page.add_noise(gray, 0.1) - gray
    assert noise.std() == pytest.approx(0.1, rel=0.02)
    np.testing.assert_array_equal(page.add_noise(gray, 0.1), page.add_noise(gray, 0.1))


def test_contrast_by_hand():
    image = np.array([0.2, 0.8]).reshape(1, 2, 1, 1)
    np.testing.assert_allclose(page.fade_images(image, 0.5).ravel(), [0.35, 0.65])


def test_blur_keeps_the_mean_and_the_channels_apart():
    image = np.zeros((1, 9, 9, 3), "float32")
    image[0, 4, 4, 0] = 1
    blurred = page.blur_images(image, 1.0)
    assert blurred[..., 0].sum() == pytest.approx(1, abs=1e-3)
    assert blurred[..., 1:].max() == 0
    assert blurred[0, 4, 4, 0] == blurred.max() < 0.2


def test_half_as_many_pixels_average_blocks_of_four(images):
    small = page.pixelate_images(images, 0.5)
    blocks = images.reshape(6, 16, 2, 16, 2, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(small, blocks.repeat(2, 1).repeat(2, 2), atol=0.006)


@pytest.mark.parametrize(
    ("kind", "severity"), [("fog", 1), ("blur", 0), ("blur", 6), ("blur", 2.5)]
)
def test_what_there_is_not_is_named(images, kind, severity):
    words = f"noise, blur, contrast, pixelate .* kind='{kind}', severity={severity}"
    with pytest.raises(ValueError, match=words):
        page.corrupt_images(images, kind, severity)
