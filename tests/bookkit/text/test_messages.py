"""Error messages: what of an output is one, and what of it stays the same in another program."""

import pytest

from bookkit.text.messages import find, words


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("ValueError: no such layer", [("ValueError", "no such layer")]),
        ("foo  ->  OSError: disk is full\nno error", [("OSError", "disk is full")]),
        ("keras.src.errors.ShapeError: bad shape here", [("ShapeError", "bad shape here")]),
        ("UserWarning: do not\nKeyboardInterrupt: stopped by hand",
         [("UserWarning", "do not"), ("KeyboardInterrupt", "stopped by hand")]),
        ("ValueError: a: TypeError: two in one line",
         [("ValueError", "a: TypeError: two in one line")]),
        ("MeanSquaredError: 0.25", []),  # a metric
        ("MeanSquaredError: 0.25 after 3 epochs of training",
         [("MeanSquaredError", "0.25 after 3 epochs of training")]),
        ("ValueError", []),
        ("ValueError: ", []),
        ("an error: nothing was found", []),
        ("", []),
        ("\x00\ud800 OSError: <b>not bold</b> here", [("OSError", "<b>not bold</b> here")]),
    ],
)  # fmt: skip
def test_messages_are_found_by_the_form_that_python_gives_them(output, found):
    assert list(find(output)) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("units must be positive. Received: units=-3", "units must be positive. Received: units=7"),
        ("No module named 'keras'", 'No module named "torch.nn"'),
        ("shape=(32, 10) of rank 2", "shape=(1, 28, 28, 3) of rank 4"),
        ("cannot read /home/a/b.py at 0x7f3a", "cannot read C:\\code\\x.py at 0x12"),
        ("see https://keras.io/a?b=1 for more", "see https://example.org for more"),
        ("of type <class 'str'> is wrong", "of type <class 'int'> is wrong"),
        ("digits.json, images[3] (id 4): no category", "mine.json, images[1] (id 9): no category"),
        ("Could not interpret loss identifier: msee", "Could not interpret loss identifier: maee"),
        ("Ｎｏ module named 'a'", "no MODULE named 'b'"),
    ],
)
def test_what_differs_between_programs_does_not_count(one, other):
    assert words(one) == words(other) != ()


def test_what_tells_messages_apart_counts():
    ranks = "must have the same rank (ndim)", "must have the same shape."
    assert words(ranks[0]) != words(ranks[1])
    assert words("it isn't 'a' and can't be 'b'") == ("it", "isn", "and", "can", "be")
    assert words("`layer.build(input_shape)`") == ("layer", "build", "input_shape")


@pytest.mark.parametrize("unit", ["a.", "'", "/a", "=", ":", "<", "a:", "a-", "\\", "学", "🙂"])
def test_a_text_without_words_has_none_however_long(unit):
    # An expression that looks back again at each character would take hours.
    assert words(unit * 1_000_000) == ()
