"""Fetch datasets into a data folder: locked, checked, and moved into place whole.

`pooch` writes each file under a temporary name and moves it when its SHA-256 agrees. The files of
a dataset gather in `.partial/NAME` and are converted there; the result moves into the folder by
one rename. So a kill at any moment leaves the old state or the new one, and whole files with which
the next run goes on.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bookkit.data import folders
from bookkit.data.registry import File, Source, Specification
from bookkit.errors import BookError

MIRROR = "KERASBOOK_MIRROR"
TIMEOUT_S = 30
RETRIES = 2
PACK_TIMEOUT_S = 1800
# What a truncated, foreign or hostile archive raises while it is read.
ARCHIVE_ERRORS = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError)
CONVERSION_ERRORS = (*ARCHIVE_ERRORS, KeyError, ValueError, TypeError, OSError)
FOLDER_CURES = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "the quota is used up; make room",
    errno.EROFS: "it cannot be written; make it writable",
    errno.EACCES: "it cannot be written; make it writable",
    errno.EPERM: "it cannot be written; make it writable",
    errno.EEXIST: "it is not a folder; move that file away",
    errno.ENOTDIR: "it is not a folder; move that file away",
}


class SourceError(Exception):
    """One source could not give a dataset; the message is the reason."""


def fetch(known: Specification, folder: Path) -> None:
    """Put one dataset into the folder, unless it is there and sound.

    Raises:
        BookError: If every source failed, or the folder cannot be written.
    """
    with _folder_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            if not _sound(known, folder):
                _try_sources(known, folder)


def say(message: str) -> None:
    """Print one line of progress on standard error."""
    print(message, file=sys.stderr, flush=True)


def _sound(known: Specification, folder: Path) -> bool:
    """Say whether the dataset is in place; set aside what is there and is not sound."""
    path = folder / known.entry
    if not path.exists():
        return False
    try:
        folders.verify(known, folder)
    except BookError as problem:
        aside = Path(tempfile.mkdtemp(prefix="corrupt-", dir=folder))
        path.replace(aside / path.name)
        say(f"{known.name}: {problem}; set aside in {aside.name}")
        return False
    say(f"{known.name}: already in {folder}")
    return True


def _try_sources(known: Specification, folder: Path) -> None:
    workspace = folder / ".partial" / known.name
    lines = [f"{known.name}: no source is left"]
    for source in known.sources:
        if source.mirrored and not os.environ.get(MIRROR):
            continue
        say(f"{known.name}: trying {source.label}")
        try:
            built = _build(known, source, workspace)
        except SourceError as error:
            say(f"{known.name}: {error}")
            lines.append(f"  {source.label}: {error}")
        else:
            _place(known, source, folder, built)
            shutil.rmtree(workspace)
            return
    raise BookError("\n".join([*lines, f"  try again online, {_mirror_cure(known)}"]))


def _mirror_cure(known: Specification) -> str:
    labels = [source.label.removeprefix("mirror ") for source in known.sources if source.mirrored]
    return f"or let {MIRROR} name a folder with {' or '.join(dict.fromkeys(labels))}"


def _build(known: Specification, source: Source, workspace: Path) -> Path:
    """Obtain one source's files, convert them, and return the folder of the result."""
    _remove_leftovers(workspace)
    paths = {}
    for number, file in enumerate(source.files, start=1):
        title = f"{known.name} {number}/{len(source.files)}"
        paths[file.name] = _obtain(file, workspace, title)
    built = workspace / "built"
    built.mkdir()
    try:
        source.convert(paths, built)
        if known.check is not None:
            known.check(built)
    except CONVERSION_ERRORS as error:
        _raise_unless_of_source(error)
        # The next run must not go on with files that no SHA-256 vouches for.
        shutil.rmtree(workspace)
        raise SourceError(f"{type(error).__name__}: {error}") from error
    return built


def _remove_leftovers(workspace: Path) -> None:
    # We hold the lock, so whoever made these is dead; `tempfile` names what is not whole.
    shutil.rmtree(workspace / "built", ignore_errors=True)
    for path in list(workspace.rglob(f"{tempfile.gettempprefix()}*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    workspace.mkdir(parents=True, exist_ok=True)


def _raise_unless_of_source(error: Exception) -> None:
    """Raise an error of our disk again: it has a number, unlike those of network and content."""
    if getattr(error, "errno", None) is not None:
        raise error


def _place(known: Specification, source: Source, folder: Path, built: Path) -> None:
    """Move a built dataset into the folder.

    Its checksum is recorded first: a kill between the two leaves a record without files, which
    counts as missing, and never files without a record.
    """
    record = {"sha256": folders.dataset_sha256(built, known.entry), "source": source.label}
    folders.write_manifest(folder, folders.read_manifest(folder) | {known.name: record})
    (built / known.entry).replace(folder / known.entry)
    say(f"{known.name}: in {folder}, from {source.label}")


def _obtain(file: File, workspace: Path, title: str) -> Path:
    """Return the path of one file in the workspace, where it lies only with its SHA-256."""
    import pooch
    from tqdm import tqdm

    # It would name every file; the bar and our own lines say enough.
    pooch.get_logger().setLevel("WARNING")
    # disable=None: no bar in a log file. total=1: pooch asks a bar whether it is true.
    with tqdm(desc=title, total=1, unit="B", unit_scale=True, leave=False, disable=None) as bar:
        shelf = pooch.create(
            path=workspace,
            base_url="",
            registry={file.name: file.sha256},
            urls={file.name: file.address},
            retry_if_failed=RETRIES if file.address.startswith("http") else 0,
        )
        try:
            return Path(shelf.fetch(file.name, downloader=_downloader(file, bar)))
        except (ValueError, OSError) as error:
            _raise_unless_of_source(error)
            raise SourceError(_reason(file, error)) from error


def _downloader(file: File, bar: Any) -> Callable[[str, str, Any], None]:
    import pooch

    if file.address.startswith("mirror:"):
        return _copy_from_mirror
    if file.address.startswith("npm:"):
        return _npm_pack
    if file.address.startswith("pypi:"):
        return _pip_download
    # identity: a server must not pack a file once more, or the checksum would be of other bytes.
    headers = {"Accept-Encoding": "identity"}
    return pooch.HTTPDownloader(bar, 1 << 16, headers=headers, timeout=TIMEOUT_S)


def _reason(file: File, error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"{file.address}: the server answered {response.status_code} {response.reason}"
    if "timed out" in str(error):
        return f"{file.address}: no data for {TIMEOUT_S} s"
    if isinstance(error, OSError):
        return f"{file.address}: not reached, or cut off ({type(error).__name__})"
    return str(error)


def _copy_from_mirror(address: str, target: str, _: Any) -> None:
    path = Path(os.environ[MIRROR]).expanduser() / address.removeprefix("mirror:")
    if not os.access(path, os.R_OK):
        raise SourceError(f"{path}: no such file, or not readable")
    shutil.copyfile(path, target)


def _npm_pack(address: str, target: str, _: Any) -> None:
    """Let `npm pack` make a package's archive; the registry is the one that npm is set to."""
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError(
            "npm is not installed; get it from https://nodejs.org/ or with `apt-get install npm`"
        )
    command = [npm, "pack", address.removeprefix("npm:"), "--loglevel=error"]
    _pack("npm pack", command, "*.tgz", Path(target), slice(2))  # its message comes first


def _pip_download(address: str, target: str, _: Any) -> None:
    """Let `pip download` get a package's wheel; the index is the one that pip is set to."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    command = [sys.executable, "-m", "pip", "download", *quiet, "--no-deps"]
    command += ["--only-binary=:all:", address.removeprefix("pypi:")]
    _pack("pip download", command, "*.whl", Path(target), slice(-1, None))


def _pack(name: str, command: list[str], made: str, target: Path, said: slice) -> None:
    """Let a program write an archive into its working folder, and move it to `target`.

    Args:
        name: of the program, for errors.
        command: its arguments.
        made: pattern of the archive's name.
        target: where it goes.
        said: which lines of its errors matter.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        try:
            run = subprocess.run(command, cwd=folder, capture_output=True, timeout=PACK_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise SourceError(f"{name} took more than {PACK_TIMEOUT_S} s") from None
        packed = next(Path(folder).glob(made), None)
        if run.returncode or packed is None:
            lines = run.stderr.decode(errors="replace").strip().split("\n")
            raise SourceError(f"{name} failed: {' '.join(lines[said]) or 'no message'}")
        packed.replace(target)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; say so when another process holds it, and wait.

    The lock is the operating system's: it ends with the process, even a killed one.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"{folder}: another process is busy with it; waiting")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FOLDER_CURES:
            raise
        raise BookError(f"{folder}: {FOLDER_CURES[error.errno]} ({error})") from error
