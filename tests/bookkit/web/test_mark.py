"""The mark: the same digit for every browser."""

import re

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from bookkit import palette
from bookkit.web import mark


def test_it_is_a_test_digit_of_the_first_page():
    pixels, labels = load_digits(return_X_y=True)
    np.testing.assert_array_equal(np.array(mark.DIGIT).ravel(), pixels[1157 + 3])
    assert labels[1157 + 3] == 3


def test_all_files_show_it(tmp_path):
    mark.write(tmp_path)
    ink = np.array(mark.DIGIT) / mark.FULL
    middle = mark.MARGIN + mark.DOT * np.arange(8) + 1
    with Image.open(tmp_path / "favicon.ico") as icon:
        assert icon.info["sizes"] == set(mark.ICON_SIZES)
        icon.size = (32, 32)
        small = np.asarray(icon.convert("RGB")).astype(float)
    with Image.open(tmp_path / "mark.png") as card:
        assert card.size == (512, 512)
        large = np.asarray(card.convert("RGB")).astype(float)[8::16, 8::16]
    first, last = (np.frombuffer(bytes.fromhex(c[1:]), np.uint8).astype(float)
                   for c in (palette.DEEP, palette.ON_DARK))  # fmt: skip
    expected = first + ink[..., None] * (last - first)
    for drawn in (small, large):
        np.testing.assert_allclose(drawn[np.ix_(middle, middle)], expected, atol=1)


def test_the_drawing_has_a_dot_for_each_pixel_with_ink():
    drawn = mark.svg()
    dots = re.findall(r'<path d="M(\d+) (\d+)h3v3h-3z" opacity="([\d.]+)"/>', drawn)
    assert len(dots) == np.count_nonzero(mark.DIGIT)
    assert ("16", "4", "1.00") in dots  # the fifth pixel of the first row is all ink
    assert palette.DEEP in drawn
    assert palette.ON_DARK in drawn
