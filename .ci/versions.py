"""Versions other than those of constraints.txt: write the oldest allowed, or say what differs."""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOUND = re.compile(r"(?P<name>[\w.-]+)(\[\w+\])?>=(?P<version>[\d.]+)(,<[\d.]+)?")


def oldest(project: dict) -> list[str]:
    """Pin each package that the book asks for to the lower bound of its range."""
    groups = project["dependency-groups"].values()
    entries = [entry for group in groups for entry in group if isinstance(entry, str)]
    return [f"{found['name']}=={found['version']}" for found in map(_bound, entries)]


def _bound(entry: str) -> re.Match:
    if not (found := BOUND.fullmatch(entry)):
        sys.exit(f"pyproject.toml: a dependency is NAME>=VERSION[,<VERSION]. Received: {entry!r}")
    return found


def differing(constraints: str, installed: dict[str, str]) -> list[str]:
    """Name each package whose version is not that of the constraints."""
    tried = dict(line.split("==") for line in constraints.splitlines() if "==" in line)
    known = {_normal(name): version for name, version in tried.items()}
    return [
        f"{name} {version} (constraints.txt: {known.get(_normal(name), 'none')})"
        for name, version in sorted(installed.items())
        if known.get(_normal(name)) != version
    ]


def _normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


if __name__ == "__main__":
    if sys.argv[1:] == ["oldest"]:
        print(*oldest(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))), sep="\n")
    else:
        packages = {each.name: each.version for each in importlib.metadata.distributions()}
        found = differing((ROOT / "constraints.txt").read_text("utf-8"), packages)
        print("::error title=Versions other than those of constraints.txt::" + ", ".join(found))
        print(*found, sep="\n")
