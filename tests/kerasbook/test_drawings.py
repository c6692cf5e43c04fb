"""Characters become arrays and digits, or are refused; arrays become rows of pictures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.drawings import plot_cells, read_cells, read_drawing


def test_cells_are_ones_and_zeros():
    cells = read_cells("\n.#.\n##.\n")
    assert cells.tolist() == [[0, 1, 0], [1, 1, 0]]
    assert cells.dtype == "float32"


@pytest.mark.parametrize(("text", "lengths"), [("##\n#", "[2, 1]"), ("", "[]")])
def test_lines_of_unequal_length_are_refused(text, lengths):
    with pytest.raises(ValueError, match="Expected lines of one length") as caught:
        read_cells(text)
    assert lengths in str(caught.value)


def test_pictures_are_drawn_with_titles():
    axes = Figure().subplots(1, 2)
    pictures = [np.eye(2), 1 - np.eye(2)]
    plot_cells(axes, pictures, ["one", "other"])
    assert [axis.get_title() for axis in axes] == ["one", "other"]
    for axis, picture in zip(axes, pictures, strict=True):
        [image] = axis.images
        assert image.get_array().tolist() == picture.tolist()
        assert image.get_clim() == (0, 1)
        assert all(spine.get_visible() for spine in axis.spines.values())


def test_a_drawing_becomes_an_image():
    text = "#" + "." * 7 + "\n" + ("." * 8 + "\n") * 6 + "." * 7 + "#"
    image = read_drawing(text)
    assert (image.shape, image.dtype) == ((1, 64), np.float32)
    assert np.flatnonzero(image).tolist() == [0, 63]


@pytest.mark.parametrize("text", ["", "####", "........\n" * 7, "......... \n" * 8])
def test_another_size_is_named(text):
    with pytest.raises(ValueError, match=r"Expected 8 lines of 8 characters\. Received: lines of"):
        read_drawing(text)
