"""What `show_error` prints, to the character."""

import pytest

from kerasbook.demonstrate import show_error

KERAS_MESSAGE = (
    "Exception encountered when calling Sequential.call().\n\n"
    "\x1b[1mMatrix size-incompatible: In[0]: [64,4], In[1]: [256,64] [Op:MatMul]\x1b[0m\n\n"
    "Arguments received by Sequential.call():\n"
    "  • inputs=tf.Tensor(shape=(64, 32, 32, 3), dtype=uint8)\n"
    "  • training=True\n"
)


def raising(error):
    def action():
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "printed"),
    [
        (ValueError("plain"), "ValueError: plain"),
        (
            ValueError("\x1b[1mbold\x1b[0m and \x1b[38;5;34mgreen\x1b[0m"),
            "ValueError: bold and green",
        ),
        (
            ImportError("cannot import name 'np' from 'keras.utils' (/usr/lib/keras/__init__.py)"),
            "ImportError: cannot import name 'np' from 'keras.utils'",
        ),
        (
            ValueError(KERAS_MESSAGE),
            "ValueError: Matrix size-incompatible: In[0]: [64,4], In[1]: [256,64] [Op:MatMul]",
        ),
        (TypeError("\n\n  first line\nsecond line"), "TypeError: first line"),
        (ValueError("shapes (64, 1), (64, 10)"), "ValueError: shapes (64, 1), (64, 10)"),
        (KeyError("label"), "KeyError: 'label'"),
    ],
    ids=["plain", "colors", "path", "keras", "first-line", "no-path", "key"],
)
def test_an_error_is_one_line(error, printed, capsys):
    show_error(raising(error))
    assert capsys.readouterr().out == f"{printed}\n"


def test_real_errors_of_the_language(capsys):
    show_error(lambda: undefined_name)  # noqa: F821
    show_error(lambda: (1).target)
    show_error(lambda: exec("from math import nothing_such"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "NameError: name 'undefined_name' is not defined",
        "AttributeError: 'int' object has no attribute 'target'",
    ]
    assert lines[2].startswith("ImportError: cannot import name 'nothing_such' from 'math'")
    assert "/" not in lines[2]


def test_no_error_is_said(capsys):
    assert show_error(lambda: 1) is None
    assert capsys.readouterr().out == "no error\n"


def test_the_action_runs_once():
    calls = []
    show_error(lambda: calls.append(1))
    assert calls == [1]


def test_what_should_stop_a_program_still_does():
    with pytest.raises(KeyboardInterrupt):
        show_error(raising(KeyboardInterrupt()))


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (ValueError(), "ValueError"),
        (AssertionError(""), "AssertionError"),
        (ValueError("Exception encountered when calling Dense.call()."), "ValueError"),
    ],
    ids=["no-message", "empty", "opening-only"],
)
def test_an_error_that_says_nothing_is_named_all_the_same(error, start, capsys):
    show_error(raising(error))
    assert capsys.readouterr().out.startswith(start)
