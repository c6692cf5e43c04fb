"""The oldest versions allowed, and what a scheduled run names when one does not work."""

import importlib.util
import tomllib

import pytest

from bookkit.paths import ROOT


@pytest.fixture(scope="module")
def versions():
    spec = importlib.util.spec_from_file_location("versions", ROOT / ".ci" / "versions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_oldest_versions_are_the_lower_bounds(versions):
    group = ["numpy>=2", {"include-group": "b"}, "fonttools[woff]>=4.60", "sphinx>=9.0,<10"]
    project = {"dependency-groups": {"a": group, "b": ["pooch>=1.8"]}}
    expected = ["numpy==2", "fonttools==4.60", "sphinx==9.0", "pooch==1.8"]
    assert versions.oldest(project) == expected


@pytest.mark.parametrize(
    "entry", ["numpy", "numpy<3", "numpy~=2.0", "numpy>=2 ; python_version>'3'"]
)
def test_a_dependency_without_a_lower_bound_is_named(entry, versions):
    with pytest.raises(SystemExit) as caught:
        versions.oldest({"dependency-groups": {"a": [entry]}})
    assert str(caught.value) == (
        f"pyproject.toml: a dependency is NAME>=VERSION[,<VERSION]. Received: {entry!r}"
    )


def test_every_dependency_of_the_book_has_a_lower_bound(versions):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    entries = {
        entry for group in project["dependency-groups"].values() for entry in map(str, group)
    }
    pinned = versions.oldest(project)
    assert len(pinned) == len([entry for entry in entries if not entry.startswith("{")])
    assert "sphinx==9.0" in pinned


def test_what_differs_is_named_with_both_versions(versions):
    constraints = "# tried\nSphinx==9.0.4\njupyter_core==5.9\nnumpy==2.4\n"
    installed = {"sphinx": "9.0.4", "numpy": "2.0.0", "jupyter-core": "5.9", "torch": "2.5"}
    assert versions.differing(constraints, installed) == [
        "numpy 2.0.0 (constraints.txt: 2.4)",
        "torch 2.5 (constraints.txt: none)",
    ]
