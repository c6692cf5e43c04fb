"""What the numbers look like: units, ratios, the table, and what a build said about itself."""

import importlib.metadata
import os
import platform
import re
from dataclasses import dataclass

import psutil

from bookkit.running.cache import processor

PACKAGES = ("sphinx", "myst-nb", "nbclient", "keras", "tensorflow", "jax", "numpy")
EXECUTED = re.compile(r"^pages: \[\d+/\d+\] (\S+) ", re.MULTILINE)
UP_TO_DATE = re.compile(r"^pages: all \d+ up to date", re.MULTILINE)
BUILT = re.compile(r"^built \S+ \([^)]*\): pages ([\d.]+) s, Sphinx ([\d.]+) s", re.MULTILINE)


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
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            return f"{value / factor:.2f} {unit}"
    return f"{value:.0f} B"


def ratio(value: float, base: float) -> str:
    """Format how many times the base a value is."""
    return f"{value / base:.2f} x" if base else "n/a"


def share(part: float, whole: float) -> str:
    """Format a part of a whole in percent."""
    return f"{100 * part / whole:.1f}%" if whole else "n/a"


def executed_pages(output: str) -> list[str]:
    """Return the pages that a build ran, in the order they ended.

    Raises:
        ValueError: the output tells nothing about pages.
    """
    found = EXECUTED.findall(output)
    if not found and not UP_TO_DATE.search(output):
        raise ValueError(f"Expected a build to say which pages ran. Received: {output[-500:]!r}")
    return found


def build_parts(output: str) -> tuple[float, float]:
    """Return the seconds that a build spent on pages and in Sphinx.

    Raises:
        ValueError: the output has no closing line.
    """
    match = BUILT.search(output)
    if not match:
        raise ValueError(f"Expected a build to end with its times. Received: {output[-500:]!r}")
    return float(match.group(1)), float(match.group(2))


def table(rows: list[Row]) -> str:
    """Set the rows in columns."""
    cells = [("measured", "value", "ratio", "against")]
    cells += [(row.name, row.value, row.ratio, row.against) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, tuple("-" * width for width in widths))
    aligned = (
        (name.ljust(widths[0]), value.rjust(widths[1]), times.rjust(widths[2]), against)
        for name, value, times, against in cells
    )
    return "\n".join("  ".join(line).rstrip() for line in aligned)


def machine() -> str:
    """Describe the machine and the versions in one line."""
    versions = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    memory = psutil.virtual_memory().total / 2**30
    described = f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"machine: {described}; {', '.join(versions)}"
