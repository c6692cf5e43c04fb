"""Words that are known, errors within a topic, and the drawings."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.applications.text import evidence, posts


def test_topics_hold_every_group_once_and_share_a_subject():
    order = [label for topic in evidence.TOPICS.values() for label in topic]
    assert sorted(order) == list(range(20))
    for topic in ("comp", "rec", "sci"):
        names = [posts.GROUPS[label] for label in evidence.TOPICS[topic]]
        assert all(name.startswith(topic) for name in names)
    assert [posts.GROUPS[label] for label in evidence.TOPICS["politics"]] == [
        name for name in posts.GROUPS if "politics" in name
    ]


def test_errors_within_a_topic_are_counted_without_the_diagonal():
    confusion = np.diag(np.full(20, 50))
    assert evidence.within_topic(confusion) == 0
    confusion[1, 2] = 3  # comp for comp
    confusion[0, 19] = 2  # religion for religion
    confusion[1, 19] = 5
    assert evidence.within_topic(confusion) == 0.5


def test_pairs_add_both_directions_and_keep_their_order():
    confusion = np.array([[9, 1, 4, 0], [2, 9, 0, 0], [0, 3, 9, 0], [0, 0, 0, 9]])
    assert evidence.confused_pairs(confusion, 3) == [(0, 2, 4), (0, 1, 3), (1, 2, 3)]


def test_the_drawing_puts_topics_side_by_side():
    confusion = np.zeros((20, 20), int)
    confusion[16, 16], confusion[16, 18] = 3, 1
    axis = Figure().subplots()
    evidence.plot_confusion_by_topic(axis, confusion, posts.GROUPS)
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert sorted(names) == sorted(posts.GROUPS)
    assert names[-3:] == ["alt.atheism", "soc.religion.christian", "talk.religion.misc"]
    written = {text.get_position(): text.get_text() for text in axis.texts}
    guns, misc = (names.index(f"talk.politics.{name}") for name in ("guns", "misc"))
    assert written == {(guns, guns): "75", (misc, guns): "25"}
    assert len(axis.lines) == len(evidence.TOPICS)
    (bar,) = set(axis.figure.axes) - {axis}
    assert bar.get_ylabel() == "% of the true group"
    norm = axis.images[0].norm  # white numbers up to a quarter, where half of the shades are passed
    assert [norm(0), norm(25), norm(100)] == [0, 0.5, 1]


def test_contributions_are_drawn_from_small_to_large_without_zeros():
    axis = Figure().subplots()
    values = np.array([0.5, 0.0, -1.0, 2.0])
    evidence.plot_contributions(axis, values, ["some", "none", "against", "most"])
    assert [label.get_text() for label in axis.get_yticklabels()] == ["against", "some", "most"]
    assert [bar.get_width() for bar in axis.patches] == [-1.0, 0.5, 2.0]
    colors = [bar.get_facecolor() for bar in axis.patches]
    assert colors[0] != colors[1] == colors[2]


KNOWN = {"the", "orbit", "is", "low", "an"}


def test_known_words_come_in_order_in_lower_case_without_single_letters():
    assert evidence.known_words("The orbit, a LOW one: the orbit!", KNOWN) == [
        "the", "orbit", "low", "the", "orbit",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "  ", "?!", "a b c"])
def test_a_text_without_words_is_an_error(text):
    with pytest.raises(ValueError, match=r"^expected a sentence\. Received: text="):
        evidence.known_words(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "count", "known"),
    [
        ("航天飞机什么时候发射", 1, 0),
        ("Die Raumsonde umkreist den Planeten", 5, 0),
        ("orbit de la lune", 4, 1),
    ],
)
def test_a_text_of_mostly_unknown_words_is_an_error(text, count, known):
    with pytest.raises(ValueError, match=f"known are {known} of {count} words"):
        evidence.known_words(text, KNOWN)


def test_half_of_the_words_is_enough():
    assert evidence.known_words("orbit lune", KNOWN) == ["orbit"]
