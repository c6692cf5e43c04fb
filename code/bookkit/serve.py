"""Live preview of one language: rebuilt at each save, with warnings where a build would stop."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from bookkit import build
from bookkit.errors import BookError
from bookkit.paths import BOOK, BUILD, CODE, ROOT

HOST = "127.0.0.1"
GRACE_S, PAUSE_S = 5, 0.2
# What Python and editors leave beside the sources; a rebuild for it would never end.
NO_SOURCE = r"__pycache__|~$|\.sw[px]$|/[.#][^/]*$"


def serve(language: str, port: int) -> int:
    """Show one language, and build it again when a page of either or a function changes.

    Raises:
        BookError: the port is taken.
    """
    require_free(port)
    environ = os.environ | {"BOOK_LANGUAGE": language, "PYTHONPATH": str(CODE)}
    return supervise(command(language, port), environ)


def require_free(port: int) -> None:
    """Say that nothing can listen on a port before minutes of building, not after."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            cure = "end what listens there, or choose another: make serve PORT=8001"
            raise BookError(f"port {port} cannot be had ({error}): {cure}") from error


def command(language: str, port: int) -> list[str]:
    """Return the call of sphinx-autobuild; what it builds stays out of the site."""
    folder = BUILD / "serve" / language
    before = [sys.executable, "-m", "bookkit", "preview", language]
    return [
        *(sys.executable, "-m", "sphinx_autobuild", "--host", HOST, "--port", str(port)),
        *("--watch", str(BOOK), "--watch", str(CODE), "--re-ignore", NO_SOURCE),
        *("--pre-build", shlex.join(before)),
        *("-q", "-n", "-c", str(ROOT), "-d", str(folder / "doctrees")),
        *(str(BOOK / language), str(folder / "html")),
    ]


def prepare(language: str) -> None:
    """Say where the languages differ, then run the pages of this one as they are."""
    for problem in build.page_problems():
        print(f"warning: {problem}", file=sys.stderr)
    build.fill_cache(language)


def supervise(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a program until it ends or this one is told to end; nothing that it started stays."""
    received: list[int] = []  # no handler raises: while the program starts, that would lose it
    before = {
        number: signal.signal(number, lambda number, frame: received.append(number))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    process = subprocess.Popen(arguments, cwd=ROOT, env=environ, start_new_session=True)
    try:
        while not received:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(PAUSE_S)
        return 0
    finally:
        _end_group(process)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_group(process: subprocess.Popen) -> None:
    """End a program and its children: politely, then by force."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
