"""Measure on this machine and print a table: `python -m bench [THEME ...]`, by default all."""

import argparse
import os
import sys

import psutil

from bench import builds, detection, page, training
from bench.measure import BenchError, project_copy
from bench.report import Row, machine, table

THEMES = {
    "builds": builds.measure,
    "page": page.measure,
    "training": training.measure,
    "detection": detection.measure,
}


def load() -> str:
    """Say how busy the machine is, since other work makes every time longer."""
    average = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"{psutil.cpu_percent(interval=1):.0f}% busy, load average {average}"


def collect(themes: list[str], rounds: int) -> tuple[list[Row], list[str]]:
    """Measure one theme after the other; a theme that fails does not stop the next.

    Returns:
        the rows of the table, and what went wrong.
    """
    rows: list[Row] = []
    problems: list[str] = []
    with project_copy() as project:
        for theme in themes:
            print(f"bench: {theme}", flush=True)
            try:
                rows += THEMES[theme](project, rounds)
            except BenchError as error:
                problems.append(f"{theme}: {error}")
                print(f"bench: {problems[-1]}", flush=True)
    problems += [f"{row.name}: {row.problem}" for row in rows if row.problem]
    return rows, problems


def main(arguments: list[str]) -> int:
    """Run the command line.

    Returns:
        0, or 1 when a theme failed or a rebuild ran pages that had not changed.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("themes", nargs="*", metavar="THEME", help=", ".join(THEMES))
    parser.add_argument("--rounds", type=int, default=1, help="repeat, and take medians")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.themes) - set(THEMES):
        parser.error(f"THEME is one of: {', '.join(THEMES)}. Received: {sorted(unknown)}")
    lines = [machine(), f"before: {load()}"]
    print("\n".join(lines), flush=True)
    rows, problems = collect(chosen.themes or list(THEMES), max(1, chosen.rounds))
    lines.append(f"after: {load()}")
    print("\n".join(["", *lines, f"rounds: {chosen.rounds}", "", table(rows)]))
    for problem in problems:
        print(f"problem: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
