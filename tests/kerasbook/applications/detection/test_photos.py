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


# Pictures of the reader's own


def test_a_picture_is_read_whatever_its_kind(tmp_path):
    for name, mode, color in (("a.png", "RGB", (9, 8, 7)), ("b.png", "L", 50), ("c.gif", "P", 3)):
        Image.new(mode, (20, 10), color).save(tmp_path / name)
        photo = photos.open_photo(tmp_path / name)
        assert (photo.shape, photo.dtype) == ((10, 20, 3), np.uint8)
    assert photos.open_photo(tmp_path / "a.png")[0, 0].tolist() == [9, 8, 7]
    assert photos.open_photo(str(tmp_path / "b.png"))[0, 0].tolist() == [50, 50, 50]


def test_a_picture_of_a_phone_is_turned_upright(tmp_path):
    picture = Image.new("RGB", (20, 10))
    picture.putpixel((0, 0), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by a quarter, clockwise
    picture.save(tmp_path / "phone.png", exif=exif)
    photo = photos.open_photo(tmp_path / "phone.png")
    assert photo.shape == (20, 10, 3)
    assert photo[0, 9].tolist() == [255, 255, 255]


def bad_files(folder):
    """Yield what cannot be read: a text, half a picture, a folder, nothing, a deep picture."""
    (folder / "text.jpg").write_text("no picture", encoding="utf-8")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "whole.png")
    (folder / "cut.png").write_bytes((folder / "whole.png").read_bytes()[:500])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "folder").mkdir()
    Image.fromarray(np.full((4, 4), 40_000, np.uint16)).save(folder / "deep.png")
    yield from ("text.jpg", "cut.png", "empty.jpg", "folder", "missing.jpg", "deep.png")


def test_what_is_no_picture_gets_one_error(tmp_path):
    for name in bad_files(tmp_path):
        with pytest.raises(ValueError, match="Expected a picture file") as caught:
            photos.open_photo(tmp_path / name)
        assert f"Received: {name!r} (" in str(caught.value)
        assert str(tmp_path) not in str(caught.value)


class Bright:
    """A detector of 32 pixels that finds the box around all that is white."""

    input_shape = (None, 32, 32, 3)

    def predict(self, images, verbose):
        rows, columns = np.nonzero(images[0, :, :, 0] > 200)
        corners = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        return np.array([[[3.0, *corners]]])


@pytest.mark.parametrize("shape", [(64, 128), (128, 64), (16, 16)])
def test_boxes_are_in_the_pixels_of_the_photograph(shape):
    height, width = shape
    photo = np.zeros((*shape, 3), np.uint8)
    photo[height // 4 : height // 2, width // 2 :] = 255
    boxes, scores, classes = photos.detect_in_photo(Bright(), photo, min_score=0.3)
    expected = [width // 2, height // 4, width, height // 2]
    np.testing.assert_allclose(boxes, [expected], atol=max(shape) / 32)
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-3))])
    assert classes.tolist() == [0]
