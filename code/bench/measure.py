"""Run a command and take its time and memory; work on a copy of the project."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bookkit.paths import ROOT

SAMPLE_EVERY_S = 0.2


class BenchError(Exception):
    """A measurement could not be made; the message says why."""


@dataclass(frozen=True)
class Measured:
    """What one command took, with all that it started.

    `peak_bytes` sums the resident memory of the process tree; `others` is the share of the machine
    that other work took meanwhile, which makes `seconds` longer and leaves `cpu_seconds` alone.
    """

    seconds: float
    cpu_seconds: float
    others: float
    peak_bytes: int
    output: str


@contextmanager
def project_copy() -> Iterator[Path]:
    """Copy what git knows or would add, so that the user's `_build` and `data` stay untouched."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"]
    try:
        listed = subprocess.run(listing, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"make bench copies the files that git lists: {error}") from error
    with tempfile.TemporaryDirectory(prefix="keras-book-bench-") as folder:
        project = Path(folder, "project")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():  # git also lists files deleted since
                target = project / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, target)
        yield project


def environment(project: Path) -> dict[str, str]:
    """Return this environment, with the copy's modules in place of the original's."""
    dropped = {"KERAS_BACKEND", "KERASBOOK_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PYTHONPATH": str(project / "code"), "TF_CPP_MIN_LOG_LEVEL": "3"}


def python(title: str, *arguments: str, cwd: Path, env: dict[str, str]) -> Measured:
    """Run Python with arguments, and say how long it took.

    Raises:
        BenchError: it failed; the message ends with what it said last.
    """
    print(f"  {title} ...", end=" ", flush=True)
    with tempfile.TemporaryFile() as said:
        started, ours, all_work = time.monotonic(), _children_s(), _busy_s()
        process = subprocess.Popen(
            [sys.executable, "-P", *arguments], cwd=cwd, env=env, stdout=said, stderr=said
        )
        with _Peak(process.pid) as peak:
            code = process.wait()
        seconds, cpu = time.monotonic() - started, _children_s() - ours
        others = (_busy_s() - all_work - cpu) / (seconds * (os.cpu_count() or 1))
        said.seek(0)
        output = said.read().decode(errors="replace")
    others = min(max(others, 0.0), 1.0)
    print(f"{seconds:.1f} s, {cpu:.1f} s of processor; other work {others:.0%}", flush=True)
    if code:
        raise BenchError(f"{title} failed with exit code {code}:\n{output[-3000:]}")
    return Measured(seconds, cpu, others, peak.bytes, output)


def _children_s() -> float:
    """Return the processor time of all children that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _busy_s() -> float:
    """Return the time that all processors together have worked since the machine started."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # Linux counts the time of guests a second time, as user time.
    return sum(times) - idle - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)


class _Peak:
    """Samples the resident memory of a process and all below it, and keeps the highest sum.

    Pages that processes share count once for each: an upper bound. The proportional share would be
    exact, but reading it takes 20 ms a kernel, which would slow down what is timed.
    """

    def __init__(self, pid: int):
        self.pid, self.bytes = pid, 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "_Peak":
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop.set()
        self.thread.join()

    def _sample(self) -> None:
        while True:
            self.bytes = max(self.bytes, tree_bytes(self.pid))
            if self.stop.wait(SAMPLE_EVERY_S):
                return


def tree_bytes(pid: int) -> int:
    """Sum the resident memory of a process and its descendants; those that just ended count 0."""
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
