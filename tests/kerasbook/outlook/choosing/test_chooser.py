"""The list of questions: who comes first, what overturns, and that the drawing says the same."""

import itertools
import re

import pytest

from bookkit.paths import BOOK
from kerasbook.outlook.choosing.answers import careless_direct_download_bounds, first_yes, last_yes
from kerasbook.outlook.choosing.chooser import DECISIONS, OTHERWISE, choose, overturned_by

NEEDS = [need for need, _, _ in DECISIONS]


def test_the_first_yes_decides_whatever_stands_below():
    for place, (need, _, answer) in enumerate(DECISIONS):
        assert choose(*NEEDS[place:]) == choose(need) == answer
        assert choose(*reversed(NEEDS[place:])) == answer


def test_without_a_yes_it_is_keras():
    assert choose() == OTHERWISE == "Keras"


def test_every_answer_can_be_reached_and_each_is_another():
    reached = {
        choose(*needs)
        for count in range(len(NEEDS) + 1)
        for needs in itertools.combinations(NEEDS, count)
    }
    assert reached == {answer for _, _, answer in DECISIONS} | {OTHERWISE}
    assert len(reached) == len(DECISIONS) + 1


def test_two_needs_do_not_lead_to_what_one_of_them_forbids():
    # Keras on JAX reaches no phone, Keras on PyTorch not several devices.
    assert choose("devices", "phone") == "Keras, then LiteRT"
    assert choose("PyTorch", "devices").startswith("PyTorch")


def test_an_unknown_need_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"Expected needs among table, .* Received: 'phones'"):
        choose("table", "phones")


def test_only_what_stands_above_overturns_a_choice():
    for place, need in enumerate(NEEDS):
        assert list(overturned_by(need)) == NEEDS[:place]
    assert overturned_by("language model") == {"table": "decision trees"}
    assert list(overturned_by()) == NEEDS


def test_the_drawing_has_the_same_questions_and_answers_in_the_same_order():
    svg = (BOOK / "diagrams" / "choosing-questions.svg").read_text(encoding="utf-8")
    texts = [text for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)
             if text not in ("yes", "no")]  # fmt: skip
    pairs = [text for _, question, answer in DECISIONS for text in (question, answer)]
    assert texts == [*pairs, OTHERWISE]


def test_answers_of_the_exercises_and_their_usual_mistakes():
    rules = [("a", "A"), ("b", "B")]
    assert first_yes(rules, ["b", "a"], "C") == "A"
    assert last_yes(rules, ["b", "a"], "C") == "B"
    assert first_yes(rules, [], "C") == last_yes(rules, [], "C") == "C"
    assert careless_direct_download_bounds(18, 23) == (-5, 18)
