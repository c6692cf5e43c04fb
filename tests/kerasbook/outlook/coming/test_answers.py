"""Answers to exercises are right, and their usual mistakes wrong."""

import keras
import pytest

from kerasbook.outlook.coming.answers import (
    careless_is_before_316,
    careless_news,
    changed_states,
    is_before_316,
)
from kerasbook.outlook.coming.own import test_own_gradient_is_needed  # collected as a test, too


def test_versions_are_numbers():
    for version, expected in (
        ("3.15.1", True), ("3.16.0", False), ("3.16.0.dev2026102704", False),
        ("3.9.2", True), ("4.0.0", False), ("2.15.0", True),
    ):  # fmt: skip
        assert is_before_316(version) == expected
    assert not careless_is_before_316("3.9.2")


def test_news_is_what_was_not_so_before():
    before = {"a": "holds", "b": "changed"}
    after = {"a": "changed", "b": "changed", "c": "holds"}
    assert changed_states(before, after) == ["a", "c"]
    assert careless_news(before, after) == ["a", "b"]


def test_ones_own_watch_passes_until_the_day(monkeypatch):
    test_own_gradient_is_needed()
    monkeypatch.setattr(keras.ops, "grad", print, raising=False)
    with pytest.raises(AssertionError, match="use it, and delete own_gradient"):
        test_own_gradient_is_needed()
