"""Shares of marked places: counted by hand on three sentences."""

import numpy as np
import pytest

from kerasbook.beyond.entities import gazetteer
from kerasbook.token_columns import PADDING, TrainingBatches, chinese_columns

SENTENCES = [
    (list("林一到成都"), ["B-name", "I-name", "O", "B-city", "I-city"]),
    (list("成都人读成都"), ["B-city", "I-city", "O", "O", "B-book", "I-book"]),
    (list("到成都"), ["O", "B-city", "I-city"]),
    (list("去成都"), ["O", "O", "O"]),
]
CITY = [("成", "都"), "city"]


@pytest.fixture
def encoder():
    return gazetteer.GazetteerEncoder(SENTENCES, chinese_columns, min_count=1)


def test_known_strings_are_found_wherever_they_stand():
    known = {("成", "都"), ("都",), tuple("成都人读")}
    assert gazetteer.find_known(list("成都人读成都"), known) == [
        (0, 2), (0, 4), (1, 2), (4, 6), (5, 6),
    ]  # fmt: skip
    assert gazetteer.find_known(list("成都人读成都"), known, longest=2)[1] == (1, 2)
    assert gazetteer.find_known([], known) == []


def test_places_count_marked_or_not(encoder):
    assert encoder.places == {("林", "一"): 1, ("成", "都"): 5}
    assert encoder.kinds == ["book", "city", "name"]


@pytest.mark.parametrize(
    ("marked", "places", "expected"),
    [(1, 1, 1 / 2), (3, 5, 3 / 6), (0, 0, 0), (-1, -2, 0), (9, 9, 0.9)],
)
def test_one_place_proves_less_than_nine(marked, places, expected):
    assert gazetteer.smoothed_frequency(marked, places) == pytest.approx(expected)


def test_a_new_sentence_gets_the_shares_of_all_training_sentences(encoder):
    found = encoder.shares(list("到成都"))
    book, city = 1 / 6, 3 / 6
    np.testing.assert_allclose(found[0], 0)
    np.testing.assert_allclose(found[1], [[book, city, 0]] * 2 + [[0, 0, 0]])
    np.testing.assert_allclose(found[2], [[0, 0, 0]] + [[book, city, 0]] * 2)


def test_a_training_sentence_does_not_see_itself(encoder):
    tokens, _ = SENTENCES[0]
    found = encoder.shares(tokens, [(("林", "一"), "name"), (("成", "都"), "city")])
    np.testing.assert_allclose(found[:3], 0)  # nobody else has heard of Lin Yi
    np.testing.assert_allclose(found[3, 0], [1 / 5, 2 / 5, 0])


def test_a_sentence_without_entities_counts_its_places_out_too(encoder):
    np.testing.assert_allclose(encoder.shares(list("去成都"), [])[1, 0], [1 / 5, 3 / 5, 0])


def test_of_two_names_at_a_token_the_surer_one_is_told():
    train = [
        (list("南京"), ["B-city", "I-city"]),
        (list("南京人"), ["O", "O", "O"]),
        (list("南京大学"), ["B-school", "I-school", "I-school", "I-school"]),
        (list("京"), ["B-city"]),
    ]
    found = gazetteer.GazetteerEncoder(train, chinese_columns).shares(list("南京大学"))
    city, capital, school = 1 / 4, 1 / 5, 1 / 2
    begins, inside, ends = np.moveaxis(found, 1, 0)
    np.testing.assert_allclose(begins[:, 0], [city, capital, 0, 0])
    np.testing.assert_allclose(inside[:, 0], [city, city, 0, 0])  # not 1/5 at the second
    np.testing.assert_allclose(ends[:, 0], [0, city, 0, 0])
    np.testing.assert_allclose(inside[:, 1], school)
    np.testing.assert_allclose(ends[:, 1], [0, 0, 0, school])


def test_shares_follow_the_integers_as_percent(encoder):
    ids = encoder.encode(list("到成都"))
    assert ids.shape == (3, len(encoder.sizes) + encoder.num_shares)
    assert ids.dtype == "int32"
    assert ids[1].tolist()[-9:] == [17, 50, 0, 17, 50, 0, 0, 0, 0]
    own = encoder.encode(list("到成都"), [(("成", "都"), "city")])
    assert own[1].tolist()[-9:-6] == [20, 40, 0]


def test_batches_of_training_leave_out_each_sentence_itself(encoder):
    batches = TrainingBatches(SENTENCES, encoder, batch_size=4, swap=0, unknown=0, seed=0)
    [(ids, _)] = batches
    assert ids.shape == (4, 6, 4 + 9)
    first = ids[(ids[..., 0] != PADDING).sum(axis=1) == 5][0]
    assert first[0, 4:].tolist() == [0] * 9
    assert first[3, 4:7].tolist() == [20, 40, 0]
