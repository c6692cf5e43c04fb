"""Wishes, on the backend of the tests, TensorFlow; the page asks all three."""

import pytest

from kerasbook.outlook.choosing.trying import (
    count_python_calls,
    find_precision,
    halve_until_below_one,
    negate_if_sum_negative,
    shorten,
    train_through,
    try_wishes,
    use_input,
)


def test_functions_do_what_they_say_outside_of_a_network():
    assert negate_if_sum_negative(-3.0) == 3.0
    assert negate_if_sum_negative(2.0) == 2.0
    assert float(halve_until_below_one(6.0)) == 0.75  # 6, 3, 1.5, 0.75


def test_errors_are_one_sentence_without_colors_and_preface():
    assert shorten(ValueError("\n\x1b[1mred\x1b[0m\nmore")) == "ValueError: red"
    assert shorten(ValueError("Has x.y in it. Received: 1")) == "ValueError: Has x.y in it."
    text = "Exception encountered when calling Layer.call().\n\n\x1b[1mUsing a tensor\x1b[0m"
    assert shorten(TypeError(text)) == "TypeError: Using a tensor"


def test_tensorflow_traces_and_keeps_64_bits():
    assert count_python_calls() == "tracing only"
    assert find_precision() == "float64"
    use_input(sparse=True)
    with pytest.raises(Exception, match="bool"):
        train_through(negate_if_sum_negative)


def test_every_wish_has_an_answer():
    answers = try_wishes()
    assert answers["Python runs in"] == "tracing only"
    assert answers["loop until"] == answers["steps_per_execution=2"] == "yes"
    assert ":" in answers["if on a value"]
    assert all(isinstance(answer, str) and answer for answer in answers.values())
