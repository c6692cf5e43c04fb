"""The list of checks is whole."""

import importlib
import inspect
import pkgutil

from bookkit import checks
from bookkit.checks.all import CHECKS, run


def test_every_function_that_checks_a_book_is_in_the_list():
    names = [info.name for info in pkgutil.iter_modules(checks.__path__, "bookkit.checks.")]
    found = [
        function
        for module in map(importlib.import_module, names)
        for _, function in inspect.getmembers(module, inspect.isgeneratorfunction)
        if function.__module__ == module.__name__
        and list(inspect.signature(function).parameters) == ["book"]
    ]
    assert sorted(map(repr, found)) == sorted(map(repr, CHECKS))


def test_all_checks_run_on_one_book(project):
    problems = run(project({"book/en/a.md": "(sec-a)=\n# A\n"}))
    assert "book/en/a.md:1: has no twin: write book/zh/a.md" in problems
    assert "book/zh/index.md:1: no page has (sec-1-1)=: put it above a heading" in problems
    assert (
        "book/en/a.md:2: prose changed in en; "
        "read both languages again, then: make sync SECTION=a#sec-a"
    ) in problems
