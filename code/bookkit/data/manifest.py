"""Checksums of datasets, and the `manifest.json` of a data folder that records them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NAME = "manifest.json"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def dataset_sha256(files: Iterable[dict[str, Any]]) -> str:
    """Return one SHA-256 over the names and contents of a dataset's files.

    It is the hash of what `sha256sum` prints for the files, sorted by name, so that it can be
    checked without this project.
    """
    lines = sorted((file["name"], file["sha256"]) for file in files)
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def describe(folder: Path, entry: str) -> dict[str, Any]:
    """Hash the file or folder `entry` of a data folder.

    Returns `{"sha256": …, "files": [{"name", "size", "mtime_ns", "sha256"}, …]}`.
    """
    files = []
    for path in _paths(folder / entry):
        status = path.stat()
        files.append(
            {
                "name": path.relative_to(folder).as_posix(),
                "size": status.st_size,
                "mtime_ns": status.st_mtime_ns,
                "sha256": file_sha256(path),
            }
        )
    return {"sha256": dataset_sha256(files), "files": files}


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the folder's manifest records of each dataset; nothing if it is unreadable."""
    try:
        return json.loads((folder / NAME).read_text(encoding="utf-8"))["datasets"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # A manifest that cannot be read vouches for nothing: the datasets count as unchecked.
        return {}


def write(folder: Path, datasets: dict[str, dict[str, Any]]) -> None:
    """Write the folder's manifest, whole or not at all."""
    text = json.dumps({"datasets": datasets}, indent=1, sort_keys=True) + "\n"
    # One fixed name: whoever writes holds the manifest's lock, and a killed run leaves one at most.
    temporary = folder / f".{NAME}.partial"
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(folder / NAME)
    finally:
        temporary.unlink(missing_ok=True)


def unchanged(folder: Path, entry: str, recorded: dict[str, Any]) -> bool:
    """Say whether the files still have the names, sizes and times that were recorded.

    This reads no content, so that every build can afford it.
    """
    found = {}
    for path in _paths(folder / entry):
        status = path.stat()
        found[path.relative_to(folder).as_posix()] = (status.st_size, status.st_mtime_ns)
    files = recorded.get("files", [])
    return bool(found) and found == {
        file["name"]: (file["size"], file.get("mtime_ns")) for file in files
    }


def _paths(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(child for child in path.rglob("*") if child.is_file())
    return [path] if path.is_file() else []
