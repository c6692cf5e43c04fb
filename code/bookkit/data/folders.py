"""The folders of data: their checksums, and which one the pages read."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bookkit.data.registry import DATASETS, FULL, SAMPLE, Specification
from bookkit.errors import BookError
from bookkit.paths import BUILD

VARIANTS = ("sample", "full")
VIEWS = BUILD / "data"


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


def resolve(variant: str) -> DataView:
    """Return the folder of data that a build reads.

    "sample" is the folder in the repository. "full" is a folder of links to the fetched datasets;
    one that is missing or changed is named on standard error, and the sample stands in for it.

    Raises:
        ValueError: If `variant` is neither.
    """
    if variant not in VARIANTS:
        raise ValueError(f"Expected variant to be 'sample' or 'full'. Received: {variant!r}")
    datasets, targets = {}, {}
    for name, spec in DATASETS.items():
        sha256 = _fetched_sha256(spec) if variant == "full" else None
        if sha256:
            datasets[name] = Dataset(name, "full", sha256)
            targets[spec.entry] = FULL.resolve() / spec.entry
        elif (SAMPLE / spec.entry).exists():
            datasets[name] = Dataset(name, "sample", dataset_sha256(SAMPLE, spec.entry))
            targets[spec.entry] = SAMPLE.resolve() / spec.entry
    return DataView(SAMPLE if variant == "sample" else _link(targets), datasets)


def verify(spec: Specification, folder: Path) -> str:
    """Hash a fetched dataset and return its SHA-256.

    Raises:
        BookError: If it is not in the folder, or not what was recorded when it was fetched.
    """
    path = folder / spec.entry
    if not path.exists():
        raise BookError(f"not in {folder}")
    expected = read_manifest(folder).get(spec.name, {}).get("sha256")
    if expected is None:
        raise BookError(f"{path} has no recorded checksum")
    received = dataset_sha256(folder, spec.entry)
    if received != expected:
        raise BookError(f"{path} is damaged: expected SHA-256 {expected}, received {received}")
    return received


def dataset_sha256(folder: Path, entry: str) -> str:
    """Return one SHA-256 over the names and contents of a dataset's files.

    It is the hash of what `sha256sum` prints for the files, sorted by name, so that it can be
    checked without this project.
    """
    path = folder / entry
    files = [path] if path.is_file() else filter(Path.is_file, path.rglob("*"))
    lines = []
    for name, file in sorted((file.relative_to(folder).as_posix(), file) for file in files):
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {name}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_manifest(folder: Path) -> dict[str, dict[str, str]]:
    """Return what was recorded of each fetched dataset; nothing if it is unreadable."""
    try:
        return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["datasets"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # A manifest that cannot be read vouches for nothing: the datasets count as unchecked.
        return {}


def write_manifest(folder: Path, datasets: dict[str, dict[str, str]]) -> None:
    """Write the folder's manifest, whole or not at all."""
    temporary = folder / ".manifest.json.partial"
    text = json.dumps({"datasets": datasets}, indent=1, sort_keys=True) + "\n"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / "manifest.json")


def _fetched_sha256(spec: Specification) -> str | None:
    """Verify what was fetched; say so if it cannot be used, and return nothing."""
    if not spec.sources:
        return None
    try:
        return verify(spec, FULL)
    except BookError as problem:
        sampled = (SAMPLE / spec.entry).exists()
        instead = "using the sample" if sampled else "the sample has none"
        print(f"{spec.name}: {problem} (run make data); {instead}", file=sys.stderr)
        return None


def _link(targets: dict[str, Path]) -> Path:
    """Return a folder of links, named after where they lead.

    So a build keeps what it began with when others fetch meanwhile, and builds of the same data
    share a folder.
    """
    text = "".join(f"{entry} {target}\n" for entry, target in sorted(targets.items()))
    folder = VIEWS / f"full-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    if not folder.is_dir():
        VIEWS.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=VIEWS))
        for entry, target in targets.items():
            (temporary / entry).symlink_to(target)
        # Another process may be first; its links are the same.
        with suppress(OSError):
            temporary.rename(folder)
        shutil.rmtree(temporary, ignore_errors=True)
    return folder
