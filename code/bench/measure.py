"""Run a command and take its time; what the numbers look like: units, ratios and the table."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bookkit.errors import BookError
from bookkit.paths import ROOT
from bookkit.running.cache import processor


@dataclass(frozen=True)
class Measured:
    """What one command took, with all that it started, and its output."""

    seconds: float
    cpu_seconds: float
    output: str


def python(title: str, *arguments: str, project: Path = ROOT) -> Measured:
    """Run Python with a project's modules, and say how long it took.

    Raises:
        BookError: it failed; the message ends with the last of its output.
    """
    print(f"  {title} ...", end=" ", flush=True)
    chosen_here = {"KERAS_BACKEND", "KERASBOOK_DATA"}
    env = {name: value for name, value in os.environ.items() if name not in chosen_here}
    env |= {"PYTHONPATH": str(project / "code"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-P", *arguments]
    before = os.times()
    run = subprocess.run(command, cwd=project, env=env, capture_output=True, check=False)
    after = os.times()
    seconds = after.elapsed - before.elapsed
    # User and system time of all children that have ended, theirs included.
    cpu_seconds = sum(after[2:4]) - sum(before[2:4])
    print(f"{seconds:.1f} s, {cpu_seconds:.1f} s of processor", flush=True)
    output = (run.stdout + run.stderr).decode(errors="replace")
    if run.returncode:
        raise BookError(f"{title} failed with exit code {run.returncode}:\n{output[-3000:]}")
    return Measured(seconds, cpu_seconds, output)


@dataclass(frozen=True)
class Row:
    """One line of the table: a value with its unit, and its ratio to something of the same run."""

    name: str
    value: str
    ratio: str = ""
    against: str = ""
    problem: str = ""


def seconds(value: float) -> str:
    """Format a duration."""
    return f"{value:.3f} s" if abs(value) < 1 else f"{value:.1f} s"


def size(value: float) -> str:
    """Format a number of bytes in decimal units."""
    return f"{value / 1e6:.2f} MB" if value >= 1e6 else f"{value / 1e3:.2f} kB"


def ratio(value: float, base: float) -> str:
    """Format how many times the base a value is."""
    return f"{value / base:.2f} x"


def share(part: float, whole: float) -> str:
    """Format a part of a whole in percent."""
    return f"{100 * part / whole:.1f}%"


def table(rows: list[Row]) -> str:
    """Set the rows in columns."""
    cells: list[tuple[str, ...]] = [("measured", "value", "ratio", "against")]
    cells += [(row.name, row.value, row.ratio, row.against) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, tuple("-" * width for width in widths))
    aligned = (
        (name.ljust(widths[0]), value.rjust(widths[1]), times.rjust(widths[2]), against)
        for name, value, times, against in cells
    )
    return "\n".join("  ".join(line).rstrip() for line in aligned)


def machine() -> str:
    """Describe the machine, and how busy it is: other work makes every time longer."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    cores = f"{os.cpu_count()} cores, load average {load}"
    return f"{processor()}, {cores}, Python {platform.python_version()}"
