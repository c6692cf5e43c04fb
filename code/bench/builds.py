"""Building the book: cold, a second language, nothing changed, one page's prose changed."""

import re
import shutil
import tempfile
from pathlib import Path

from bench.measure import Measured, Row, python, ratio, seconds, share
from bookkit.errors import BookError
from bookkit.languages import FALLBACK, ORIGINAL
from bookkit.paths import ROOT

EDITED = f"book/{FALLBACK}/applications/image-classification.md"
COLD, FIRST = "cold build, both languages", f"cold build, {ORIGINAL} only"
AGAIN, CHANGED = "nothing changed, both languages", "one page's prose changed, both languages"
UP_TO_DATE = re.compile(r"^pages: all \d+ up to date", re.MULTILINE)
BUILT = re.compile(r"^built \S+ \([^)]*\): pages ([\d.]+) s, Sphinx ([\d.]+) s", re.MULTILINE)


def measure() -> list[Row]:
    """Measure builds of a copy of the project, so that the user's `_build` stays untouched."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {".git", ".venv", "_build", "data"} if Path(folder) == ROOT else {"__pycache__"}

    with tempfile.TemporaryDirectory(prefix="keras-book-bench-") as folder:
        project = Path(shutil.copytree(ROOT, Path(folder, "project"), ignore=left_out))
        # The first command does not pay for reading the large libraries from the disk.
        python("warming up", "-c", "import keras, nbclient, sphinx", project=project)
        runs = {FIRST: build(project, FIRST, "--language", ORIGINAL)}
        shutil.rmtree(project / "_build")
        runs[COLD] = build(project, COLD)
        runs[AGAIN] = build(project, AGAIN)
        with (project / EDITED).open("a", encoding="utf-8") as page:
            page.write("\n\nOne more sentence.\n")
        runs[CHANGED] = build(project, CHANGED)
    return cold_rows(runs) + [rebuild_row(runs, title) for title in (AGAIN, CHANGED)]


def build(project: Path, title: str, *options: str) -> Measured:
    """Build the site of the copy."""
    return python(title, "-m", "bookkit", "build", "html", *options, project=project)


def build_parts(output: str) -> tuple[float, float]:
    """Return the seconds that a build spent on pages and in Sphinx."""
    match = BUILT.search(output)
    if not match:
        raise BookError(f"Expected a build to end with its times. Received: {output[-500:]!r}")
    return float(match[1]), float(match[2])


def cold_rows(runs: dict[str, Measured]) -> list[Row]:
    """Compare a cold build with executing its pages, and with one of a single language."""
    first, both = runs[FIRST].seconds, runs[COLD].seconds
    second = both - first
    on_pages, sphinx = build_parts(runs[COLD].output)
    more_sphinx = sphinx - build_parts(runs[FIRST].output)[1]
    cpu = runs[COLD].cpu_seconds
    more_cpu = cpu - runs[FIRST].cpu_seconds
    against = "cold build"
    return [
        Row(COLD, seconds(both), ratio(both, on_pages), f"executing pages, {seconds(on_pages)}"),
        Row("  of which Sphinx", seconds(sphinx), share(sphinx, both), against),
        Row(FIRST, seconds(first), ratio(first, both), against),
        Row("second language, wall time", seconds(second), share(second, both), against),
        Row("  in Sphinx", seconds(more_sphinx), share(more_sphinx, both), against),
        Row("  processor time", seconds(more_cpu), share(more_cpu, cpu), against),
    ]


def rebuild_row(runs: dict[str, Measured], title: str) -> Row:
    """Compare a build that has nothing to execute with the cold one."""
    again, cold = runs[title].seconds, runs[COLD].seconds
    problem = "" if UP_TO_DATE.search(runs[title].output) else "pages ran, expected none"
    return Row(title, seconds(again), ratio(again, cold), "cold build", problem)
