"""Measure on this machine and print tables: `python -m bench [THEME ...]`, by default all."""

import argparse
import sys

from bench import builds, detection, live, page
from bench.measure import machine, table
from bookkit.errors import BookError

THEMES = {
    "page": page.measure,
    "live": live.measure,
    "detection": detection.measure,
    "builds": builds.measure,
}


def main(arguments: list[str]) -> int:
    """Run the command line.

    Returns:
        0, or 1 when a theme failed or a figure is not what it should be.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("themes", nargs="*", metavar="THEME", help=", ".join(THEMES))
    themes = parser.parse_args(arguments).themes or THEMES
    if unknown := set(themes) - set(THEMES):
        parser.error(f"THEME is one of: {', '.join(THEMES)}. Received: {sorted(unknown)}")
    problems = []
    for theme in themes:
        try:
            rows = THEMES[theme]()
        except BookError as error:
            problems.append(f"{theme}: {error}")
            continue
        print(f"\n{theme}, {machine()}\n\n{table(rows)}\n", flush=True)
        problems += [f"{row.name}: {row.problem}" for row in rows if row.problem]
    for problem in problems:
        print(f"problem: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
