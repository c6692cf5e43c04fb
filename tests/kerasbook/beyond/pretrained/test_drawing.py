"""How near questions are to groups, computed by hand, and drawn."""

import matplotlib.pyplot as plt
import numpy as np

from kerasbook.beyond.pretrained import drawing

QUESTIONS = np.array([[1.0, 0], [0, 1]])
POSTS = np.array([[0.6, 0.8], [1, 0], [0.8, 0.6], [0, 1]])


def test_the_nearest_posts_of_a_group_are_averaged():
    found = drawing.group_cosines(QUESTIONS, POSTS, np.array([0, 0, 0, 1]), nearest=2)
    assert np.allclose(found, [[0.9, 0], [0.7, 1]])


def test_a_dot_marks_the_nearest_group():
    axis = plt.figure().subplots()
    image = drawing.plot_cosines(axis, np.array([[0.9, 0], [0.7, 1]]), ["one", "two"])
    assert image.get_array().tolist() == [[0.9, 0], [0.7, 1]]
    assert [line.get_xydata().tolist() for line in axis.lines] == [[[0, 0]], [[1, 1]]]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["one", "two"]
    plt.close("all")
