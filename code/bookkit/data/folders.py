"""Choose the data folder that the pages read: the sample, or the full data as far as fetched."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bookkit.data import manifest
from bookkit.data.registry import FULL, SAMPLE, VIEWS, Specification, specifications

VARIANTS = ("sample", "full")


@dataclass(frozen=True)
class Dataset:
    """One dataset that pages can read, with the checksum over its files."""

    name: str
    variant: str
    sha256: str


@dataclass(frozen=True)
class DataView:
    """The folder that `KERASBOOK_DATA` is set to, and what it holds."""

    folder: Path
    datasets: dict[str, Dataset]


def resolve(variant: str, *, full: Path = FULL, views: Path = VIEWS) -> DataView:
    """Return the folder of data that a build reads.

    "sample" is the folder in the repository. "full" is a folder of links to the fetched datasets;
    one that is missing or changed is named on standard error, and the sample stands in for it.

    Raises:
        ValueError: If `variant` is neither.
    """
    if variant not in VARIANTS:
        raise ValueError(f"Expected variant to be 'sample' or 'full'. Received: {variant!r}")
    samples = {name: SAMPLE / known.entry for name, known in specifications().items()}
    sampled = {
        name: Dataset(name, "sample", manifest.describe(SAMPLE, path.name)["sha256"])
        for name, path in samples.items()
        if path.exists()
    }
    if variant == "sample":
        return DataView(SAMPLE, sampled)
    return _full(full, views, sampled)


def _full(full: Path, views: Path, sampled: dict[str, Dataset]) -> DataView:
    recorded = manifest.read(full)
    datasets = {}
    targets = {}
    for name, known in specifications().items():
        if not known.sources:
            continue
        problem = _problem(known, full, recorded.get(name))
        if problem is None:
            datasets[name] = Dataset(name, "full", recorded[name]["sha256"])
            targets[known.entry] = full.resolve() / known.entry
        elif name in sampled:
            print(f"{name}: {problem}; using the sample", file=sys.stderr)
            datasets[name] = sampled[name]
            targets[known.entry] = SAMPLE / known.entry
        else:
            print(f"{name}: {problem}; the sample has none", file=sys.stderr)
    return DataView(_link(views, targets), datasets)


def _problem(known: Specification, full: Path, recorded: dict | None) -> str | None:
    if not (full / known.entry).exists():
        return f"not in {full.name}/ (run make data)"
    if recorded is None:
        return f"no recorded checksum in {full.name}/ (run make data)"
    if not manifest.unchanged(full, known.entry, recorded):
        return f"changed in {full.name}/ since it was fetched (run make data)"
    return None


def _link(views: Path, targets: dict[str, Path]) -> Path:
    """Make `views/full` a folder of links, replaced in one step.

    A folder cannot be replaced in one step, a link can: so the links stand in a folder named after
    what they point to, and `full` is a link to it. Builds that see the same data share it.
    """
    text = "\n".join(f"{entry} {target}" for entry, target in sorted(targets.items()))
    folder = views / f".full-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    views.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=views))
    try:
        if not folder.is_dir():
            links = temporary / "links"
            links.mkdir()
            for entry, target in targets.items():
                (links / entry).symlink_to(target)
            _rename_unless_there(links, folder)
        pointer = temporary / "full"
        pointer.symlink_to(folder.name)
        pointer.replace(views / "full")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    # Absolute, since pages run in folders of their own.
    return (views / "full").absolute()


def _rename_unless_there(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        # Another build of the same data was first; its links are the same.
        if not target.is_dir():
            raise
