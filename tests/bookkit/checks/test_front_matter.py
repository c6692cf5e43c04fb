"""What stands above a page, on front matter with one fault each."""

import pytest

from bookkit.checks import front_matter

RIGHT = """\
---
title: One
description: A page.
file_format: mystnb
kernelspec: {display_name: Python 3, language: python, name: python3}
bookkit: {data: [cifar10, wnut17], packages: grain}
---
# One
"""
SPEC = "{'display_name': 'Python 3', 'language': 'python', 'name': 'python3'}"


def problems(project, text):
    return list(front_matter.check(project({"book/en/page.md": text})))


def test_a_page_with_every_key_passes(project):
    assert problems(project, RIGHT) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("title: One\n", "", "1: no title in the front matter: write one in the page's language"),
        (
            "description: A page.\n",
            "",
            "1: no description in the front matter: write one in the page's language",
        ),
        ("A page.", "", "1: no description in the front matter: write one in the page's language"),
        ("mystnb", "myst", "4: file_format must be 'mystnb'. Received: 'myst'"),
        ("file_format: mystnb\n", "", "1: file_format must be 'mystnb'. Received: None"),
        (
            "name: python3",
            "name: python",
            f"5: kernelspec must be {SPEC}. Received: {SPEC.replace('python3', 'python')}",
        ),
        (
            "cifar10",
            "cifar11",
            "6: there is no data 'cifar11'; closest: cifar10",
        ),
        (
            "packages: grain",
            "alone: true",
            "6: bookkit takes {data: [NAME, …], packages: GROUP}. "
            "Received: {'data': ['cifar10', 'wnut17'], 'alone': True}",
        ),
        (
            "{data: [cifar10, wnut17], packages: grain}",
            "{data: cifar10}",
            "6: bookkit takes {data: [NAME, …], packages: GROUP}. Received: {'data': 'cifar10'}",
        ),
        (
            "{data: [cifar10, wnut17], packages: grain}",
            "alone",
            "6: bookkit takes {data: [NAME, …], packages: GROUP}. Received: 'alone'",
        ),
        (
            "packages: grain",
            "packages: exports",
            "6: there is no group of packages 'exports'; closest: export, formats",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(project, old, new, problem):
    assert RIGHT.count(old) == 1
    assert problems(project, RIGHT.replace(old, new)) == [f"book/en/page.md:{problem}"]


def test_a_page_without_front_matter_is_asked_for_all_of_it(project):
    found = [problem.split()[1] for problem in problems(project, "# One\n")]
    assert found == ["file_format", "kernelspec", "no", "no"]
