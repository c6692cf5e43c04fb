"""A drawing becomes an image, or is refused with its size."""

import numpy as np
import pytest

from kerasbook.drawing import read_drawing


def test_a_drawing_becomes_an_image():
    text = "#" + "." * 7 + "\n" + ("." * 8 + "\n") * 6 + "." * 7 + "#"
    image = read_drawing(text)
    assert (image.shape, image.dtype) == ((1, 64), np.float32)
    assert np.flatnonzero(image).tolist() == [0, 63]


@pytest.mark.parametrize("text", ["", "####", "........\n" * 7, "......... \n" * 8])
def test_another_size_is_named(text):
    with pytest.raises(ValueError, match=r"Expected 8 lines of 8 characters\. Received: lines of"):
        read_drawing(text)
