"""Which names each release of Keras offered: read from its package files, kept in one small file.

Nothing of an old release is imported or run; `kerasbook.outlook.review.names` reads its source.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import Version

from bookkit.data.conversion import tar_members

# The first of each version such as 2.15, but for those that only pass on what TensorFlow has.
VERSIONS = (
    *("0.2.0", "0.3.0", "1.0.0", "1.1.0", "1.2.0", "2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.6.0"),
    *("2.7.0", "2.8.0", "2.9.0", "2.10.0", "2.11.0", "2.12.0", "2.13.1", "2.14.0", "2.15.0"),
    *(f"3.{minor}.0" for minor in range(16)),
)
# Versions of Keras with another backend, which others published: the first and the last of each.
ELSEWHERE = {
    "plaidml": ("plaidml_keras", "0.1.1", "0.7.0"),
    "mxnet": ("keras_mxnet", "1.2.2.1", "2.2.4.3"),
}
# No release counts these, but a program of the page uses them.
ALSO = frozenset({"keras.layers.experimental.preprocessing.Rescaling"})
# A path with its arguments, or `None` where a release lacks it, and whether it counts there.
Offer = tuple[str | None, bool]


def read_package_file(path: Path) -> tuple[dict[str, str], str]:
    """Read the Python source of an archive, and the day of its newest time stamp.

    Args:
        path: a wheel, or a packed tar archive with one folder around everything.
    """
    newest: tuple[int, ...]
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            newest = max(member.date_time for member in archive.infolist())
            contents = {name: archive.read(name) for name in archive.namelist()}
    else:
        with tarfile.open(path) as packed:
            newest = time.gmtime(max(member.mtime for member in packed))
        contents = {name.partition("/")[2]: content for name, content in tar_members(path)}
    files = {name: content.decode() for name, content in contents.items() if name.endswith(".py")}
    return files, "{:04}-{:02}-{:02}".format(*newest[:3])


def package_file(folder: Path, package: str, version: str) -> Path:
    """Find the archive of one version, a wheel or a packed tar archive.

    Raises:
        FileNotFoundError: it is not there; the message says how to get it.
    """
    pattern = re.compile(rf"{package}-{re.escape(version)}[-.](py|tar)", re.IGNORECASE)
    for path in sorted(folder.glob("*")):
        if pattern.match(path.name):
            return path
    command = f"pip download --no-deps --dest {folder} {package.replace('_', '-')}=={version}"
    raise FileNotFoundError(f"no file of {package} {version} in {folder}: {command}")


def read_release(path: Path, version: str) -> tuple[dict[str, Any], dict[str, Offer]]:
    """Return facts of a release's package file, and what it offers under each path."""
    from kerasbook.outlook.review.names import describe, imported_frameworks

    files, built = read_package_file(path)
    own = {name: source for name, source in files.items() if name.startswith("keras/")}
    arguments, counted = describe(own)
    release = {
        "version": version,
        "built": built,
        "frameworks": imported_frameworks(own),
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    return release, {name: (" ".join(words), name in counted) for name, words in arguments.items()}


def spans(offers: list[Offer]) -> Iterator[tuple[int, int, bool, str]]:
    """Yield the first and last of each run of releases in which a path stayed as it was."""
    for (names, counts), run in itertools.groupby(range(len(offers)), offers.__getitem__):
        numbers = list(run)
        if names is not None:
            yield numbers[0], numbers[-1], counts, names


def write_names(releases: list[tuple[dict[str, Any], dict[str, Offer]]], target: Path) -> None:
    """Write all releases, the oldest first, and each path that counts in one, or is in `ALSO`."""
    paths = {name for _, offered in releases for name, (_, counts) in offered.items() if counts}
    paths |= ALSO
    missing: Offer = (None, False)
    names = {
        path: list(spans([offered.get(path, missing) for _, offered in releases]))
        for path in sorted(paths)
    }
    facts = json.dumps([release for release, _ in releases], indent=1)
    # One line a path, which `json` cannot lay out in one call.
    lines = ",\n".join(f"  {json.dumps(path)}: {json.dumps(runs)}" for path, runs in names.items())
    text = f'{{\n "releases": {facts},\n "names": {{\n{lines}\n }}\n}}\n'
    target.mkdir(exist_ok=True)
    (target / "names.json").write_text(text, encoding="utf-8")


def write_elsewhere(folder: Path, target: Path) -> None:
    """Write when versions of Keras with other backends were built, first and last."""
    from kerasbook.outlook.review.names import imported_frameworks

    rows = {}
    for framework, (package, *versions) in ELSEWHERE.items():
        days = []
        for version in versions:
            files, built = read_package_file(package_file(folder, package, version))
            if framework not in imported_frameworks(files):
                raise ValueError(f"{package} {version} does not import {framework}")
            days.append(built)
        rows[framework] = {"package": package, "versions": versions, "built": days}
    (target / "elsewhere.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def read_all(folder: Path, target: Path) -> None:
    """Read the archives in a folder, and write both files.

    Raises:
        FileNotFoundError: an archive is missing.
    """
    versions = sorted(VERSIONS, key=Version)
    paths = [package_file(folder, "keras", version) for version in versions]
    write_names(list(map(read_release, paths, versions)), target)
    write_elsewhere(folder, target)
