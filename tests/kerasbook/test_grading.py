"""Graders say right or wrong and why, whatever they are given."""

import numpy as np
import pytest

from kerasbook.grading import difference, grade

CASES = [((3.0,), 9.0), ((-2.0,), 4.0)]


def test_a_right_answer_is_right():
    assert grade(lambda x: x**2, CASES) == "Right in all 2 cases."
    assert grade(lambda x: np.float32(x) ** 2 + 1e-6, CASES) == "Right in all 2 cases."


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "Not answered yet: write the function, then run this cell."),
        (9.0, "Wrong: expected a function, received 9.0."),
        (lambda x: None, "Wrong for (3.0): received None: is a `return` missing?."),
        (lambda x: "9", "Wrong for (3.0): expected 9.0, received a str: '9'."),
        (lambda x: "nine", "Wrong for (3.0): expected 9.0, received a str: 'nine'."),
        (lambda x: {}, "Wrong for (3.0): expected 9.0, received a dict: {}."),
        (lambda x: [x * x], "Wrong for (3.0): expected shape (), received (1,)."),
        (lambda x: np.nan, "Wrong for (3.0): received NaN: nan."),
        (lambda x: 3 * x, "Wrong for (-2.0): expected 4.0, received -6.0."),
        (lambda x: x / 0, "Wrong for (3.0): ZeroDivisionError: float division by zero"),
    ],
)
def test_a_wrong_answer_is_told_why(answer, message):
    assert grade(answer, CASES) == message


def test_a_function_of_two_arguments_is_told_that_one_is_missing():
    told = grade(lambda x, y: x, CASES)
    assert told.startswith("Wrong for (3.0): TypeError: ")
    assert "missing 1 required positional argument: 'y'" in told


def test_a_fault_of_the_grader_is_no_wrong_answer():
    with pytest.raises(TypeError, match="unsupported operand"):
        grade(lambda: 1.0, [((), object)])


def test_ragged_answers_have_no_shape():
    told = difference([[1.0], [2.0, 3.0]], [[1.0], [2.0]])
    assert told == "expected [[1.0], [2.0]], received a list: [[1.0], [2.0, 3.0]]"


@pytest.mark.parametrize(
    ("received", "expected", "told"),
    [
        (["O", "B"], ["O", "B"], ""),
        (["O", "O"], ["O", "B"], "expected ['O', 'B'], received ['O', 'O']"),
        ("cat", "cat", ""),
        ("category", "cat", "expected 'cat', received 'category'"),
        (3, 3, ""),
        (4, 3, "expected 3, received 4"),
        (2.5, 3, "expected 3, received 2.5"),
        (np.inf, 1.0, "expected 1.0, received inf"),
        (np.nan, np.inf, "received NaN: nan"),
        (3, "3", "expected '3', received a int: 3"),
        (True, True, ""),
    ],
)
def test_texts_numbers_and_truths_are_compared(received, expected, told):
    assert difference(received, expected) == told


def test_the_tolerance_is_relative_and_absolute():
    assert difference(1000.05, 1000.0) == ""
    assert difference(0.00005, 0.0) == ""
    assert difference(1.001, 1.0) == "expected 1.0, received 1.001"
    assert difference(1.001, 1.0, tolerance=0.01) == ""
