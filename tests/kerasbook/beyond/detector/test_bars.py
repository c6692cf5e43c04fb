"""The exercise on bars, by hand: and its usual mistake is one."""

import numpy as np
import pytest

from kerasbook.beyond.detector import bars as page


@pytest.mark.parametrize(
    ("size", "box", "expected"),
    [
        # 832 x 416: factor 2, bars of 208 pixels above and below
        ((832, 416), [0, 104, 416, 312], [0, 0, 832, 416]),
        # 208 x 416: factor 1, bars of 104 left and right
        ((208, 416), [104, 0, 204, 50], [0, 0, 100, 50]),
        ((416, 416), [1, 2, 3, 4], [1, 2, 3, 4]),
    ],
)
def test_boxes_return_to_the_photograph(size, box, expected):
    np.testing.assert_allclose(page.remove_bars([box], *size), [expected])


def test_the_usual_mistake_is_right_only_for_squares():
    box = [[1, 2, 3, 4]]
    np.testing.assert_allclose(page.stretch_back(box, 416, 416), box)
    assert not np.allclose(page.stretch_back(box, 832, 416), page.remove_bars(box, 832, 416))
