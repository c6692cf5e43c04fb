"""Photographs of any size in one batch."""

import numpy as np
import pytest
from PIL import Image

from kerasbook.applications.detection import photos


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(40, 80, (16, 32, 0.4)), (100, 50, (32, 16, 0.32)), (8, 8, (32, 32, 4.0)), (1, 999, (1, 32))],
)
def test_the_image_fits_and_the_rest_is_gray(height, width, expected):
    image = np.full((height, width, 3), 250, np.uint8)
    square, scale = photos.letterbox(image, 32)
    rows, columns = expected[:2]
    assert square.shape == (32, 32, 3)
    assert square.dtype == np.uint8
    assert (square[:rows, :columns] == 250).all()
    assert (square[rows:] == 128).all()
    assert (square[:, columns:] == 128).all()
    assert scale == pytest.approx(32 / max(height, width))


def test_a_box_needs_only_the_factor():
    image = np.zeros((60, 120, 3), np.uint8)
    image[20:40, 60:100] = 255
    square, scale = photos.letterbox(image, 60)
    rows, columns = np.nonzero(square[:30, :, 0] > 127)
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert found == (np.array([60, 20, 100, 40]) * scale).tolist()


def test_photos_are_read_in_the_order_of_the_records(tmp_path):
    Image.new("RGB", (20, 10), (10, 20, 30)).save(tmp_path / "a.png")
    Image.new("L", (10, 20), 77).save(tmp_path / "b.png")  # COCO has gray images too
    records = [{"file_name": "b.png"}, {"file_name": "a.png"}]
    images, scales = photos.read_photos(tmp_path, records, 10)
    assert images.shape == (2, 10, 10, 3)
    assert images[0, 5, 2].tolist() == [77, 77, 77]
    assert images[1, 2, 5].tolist() == [10, 20, 30]
    assert scales.tolist() == [0.5, 0.5]
