"""The picture of shares: one row a type, a number where there is a share."""

import matplotlib.pyplot as plt
import numpy as np

from kerasbook.beyond.entities.drawing import plot_name_shares


def test_each_share_stands_at_its_character_and_type():
    axis = plt.Figure().subplots()
    shares = np.zeros((3, 2))
    shares[1, 0], shares[2, 1] = 0.4, 0.75
    image = plot_name_shares(axis, shares, ["book", "city"])
    np.testing.assert_array_equal(image.get_array(), shares.T)
    assert image.get_clim() == (0, 1)
    texts = {text.get_position(): (text.get_text(), text.get_color()) for text in axis.texts}
    assert texts == {(1, 0): ("0.4", "black"), (2, 1): ("0.8", "white")}
    assert [label.get_text() for label in axis.get_yticklabels()] == ["book", "city"]
