"""Packages that pages import: those of all pages, and groups that some name in front matter."""

import importlib.metadata
import tomllib
from functools import lru_cache

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bookkit.errors import BookError
from bookkit.paths import ROOT

EVERY = "pages"  # the group that pages may import from without naming it
BOOK = "book"  # the group that builds the book


@lru_cache
def groups() -> dict[str, list]:
    """Return the dependency groups of the project, as they are written."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["dependency-groups"]


@lru_cache
def requirements(group: str = EVERY) -> list[Requirement]:
    """Return the packages of a group, and the versions they may have; included groups too."""
    found = []
    for entry in groups()[group]:
        if isinstance(entry, str):
            found.append(Requirement(entry))
        else:
            found += requirements(entry["include-group"])
    return found


@lru_cache
def package_versions(group: str = EVERY) -> dict[str, str]:
    """Return the installed versions of the packages of a group.

    Raises:
        BookError: one is not installed; the message says how to install it.
    """
    versions = {}
    for name in sorted(requirement.name for requirement in requirements(group)):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            command = f"python -m pip install --constraint constraints.txt --group {group}"
            raise BookError(f"{name}, of group {group!r}, is not installed: {command}") from None
    return versions


@lru_cache
def installed_for(group: str = BOOK) -> list[str]:
    """Return names and versions of a group's packages and of all that these require.

    What other groups have installed beside them, to test and to check, makes no difference.
    """
    waiting, seen, found = list(requirements(group)), set(), set()
    while waiting:
        needed = waiting.pop()
        key = canonicalize_name(needed.name), frozenset(needed.extras)
        if key in seen:
            continue
        seen.add(key)
        try:
            package = importlib.metadata.distribution(needed.name)
        except importlib.metadata.PackageNotFoundError:  # not for this system
            continue
        found.add(f"{key[0]} {package.version}")
        for text in package.requires or []:
            other = Requirement(text)
            extras = needed.extras or {""}
            if not other.marker or any(other.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(other)
    return sorted(found)
