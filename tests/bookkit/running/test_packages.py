"""Groups of packages: what is in them, and what is installed."""

import importlib.metadata

import pytest

from bookkit.errors import BookError
from bookkit.running import packages


@pytest.fixture
def groups(monkeypatch):
    made = {
        "all": [{"include-group": "few"}, "pytest>=8"],
        "few": ["numpy>=2,<9"],
        "none": ["no-such-package>=1"],
    }
    monkeypatch.setattr(packages, "groups", lambda: made)
    for cached in (packages.requirements, packages.package_versions, packages.installed_for):
        cached.cache_clear()
    yield
    for cached in (packages.requirements, packages.package_versions, packages.installed_for):
        cached.cache_clear()


def test_a_group_holds_the_groups_that_it_includes(groups):
    assert [str(each) for each in packages.requirements("all")] == ["numpy<9,>=2", "pytest>=8"]


def test_versions_are_those_installed(groups):
    expected = {name: importlib.metadata.version(name) for name in ("numpy", "pytest")}
    assert packages.package_versions("all") == expected


def test_what_packages_require_belongs_to_a_group_and_nothing_else_that_is_installed(groups):
    expected = {f"{name} {importlib.metadata.version(name)}" for name in ("pytest", "pluggy")}
    found = packages.installed_for("all")
    assert expected < set(found)
    assert not [each for each in found if each.startswith(("pytest-xdist", "sphinx", "colorama"))]
    assert packages.installed_for("none") == []


def test_installing_the_tests_makes_no_page_stale():
    assert not [each for each in packages.installed_for() if each.startswith(("pytest", "ruff"))]


def test_a_missing_package_is_named_with_its_cure(groups):
    with pytest.raises(BookError) as caught:
        packages.package_versions("none")
    assert str(caught.value) == (
        "no-such-package, of group 'none', is not installed: "
        "python -m pip install --constraint constraints.txt --group none"
    )


def test_what_the_book_builds_with_is_installed_by_its_group():
    names = {each.name for each in packages.requirements("book")}
    assert {each.name for each in packages.requirements("export")} < names
    assert not {"openvino", "jax2onnx"} & names
