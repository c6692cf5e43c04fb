"""Building the book: cold, a second language, nothing changed, one page's prose changed."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import nbformat

from bench import plain
from bench.measure import BenchError, Measured, environment, python
from bench.report import Row, build_parts, executed_pages, ratio, seconds, share, size
from bookkit.pages import reader
from bookkit.paths import LANGUAGES, pages
from bookkit.running.execute import kernel_environment

EDITED = "applications/image-classification"
COLD = "cold build, both languages"
ALONE = "one language's notebooks, nbclient alone"


@dataclass
class Runs:
    """The measured commands, by what they did, one entry a round."""

    taken: dict[str, list[Measured]] = field(default_factory=dict)

    def add(self, name: str, measured: Measured) -> None:
        """Keep one measurement."""
        self.taken.setdefault(name, []).append(measured)

    def seconds(self, name: str) -> float:
        """Return the median duration."""
        return median(run.seconds for run in self.taken[name])

    def cpu(self, name: str) -> float:
        """Return the median processor time, which other work on the machine hardly changes."""
        return median(run.cpu_seconds for run in self.taken[name])

    def others(self) -> tuple[float, float]:
        """Return the least and the most that other work took of the machine."""
        shares = [run.others for runs in self.taken.values() for run in runs]
        return min(shares), max(shares)

    def peak(self, name: str) -> float:
        """Return the median of the highest memory."""
        return median(run.peak_bytes for run in self.taken[name])

    def parts(self, name: str) -> tuple[float, float]:
        """Return the median seconds spent on pages and in Sphinx."""
        parts = [build_parts(run.output) for run in self.taken[name]]
        return median(on_pages for on_pages, _ in parts), median(sphinx for _, sphinx in parts)

    def executed(self, name: str) -> int:
        """Return how many pages ran, the most of any round."""
        return max(len(executed_pages(run.output)) for run in self.taken[name])


def build(project: Path, title: str, *languages: str) -> Measured:
    """Build the site of the copy on the sample data, in one language or all."""
    chosen = [word for language in languages for word in ("--language", language)]
    arguments = ["-m", "bookkit", "build", "html", *chosen]
    return python(title, *arguments, cwd=project, env=environment(project))


def cold(project: Path, title: str, *languages: str) -> Measured:
    """Build with nothing kept: no executed pages, no Sphinx files, no site."""
    shutil.rmtree(project / "_build", ignore_errors=True)
    return build(project, title, *languages)


def write_notebooks(project: Path, folder: Path) -> int:
    """Write one language's pages that have cells as notebooks, their includes expanded.

    Returns:
        how many there are.
    """
    count = 0
    tree = project / "book" / LANGUAGES[0]
    for name in pages(tree):
        notebook = reader.read_page(tree / f"{name}.md", project / "code")
        if any(cell.cell_type == "code" for cell in notebook.cells):
            kind = "alone" if reader.settings(notebook).get("alone") else "together"
            target = folder / kind / f"{name.replace('/', '-')}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, target)
            count += 1
    return count


def nbclient_alone(project: Path, folder: Path, title: str, workers: int) -> Measured:
    """Execute the notebooks with nbclient, in the environment that the build gives to kernels."""
    sample = project / "code" / "bookkit" / "sample"
    env = kernel_environment(folder / "home", sample)
    return python(title, str(plain.__file__), str(folder), str(workers), cwd=folder, env=env)


def warm_up(project: Path) -> None:
    """Read the large libraries once, so that the first command does not pay for the disk."""
    names = "keras, matplotlib.pyplot, nbclient, bookkit.running.execute, sphinx.cmd.build"
    env = environment(project) | {"KERAS_BACKEND": "tensorflow"}
    python("warming up", "-c", f"import {names}", cwd=project, env=env)


def take(project: Path, rounds: int) -> tuple[Runs, int, int]:
    """Run everything.

    Returns:
        the measurements, the number of notebooks, and how many ran side by side.
    """
    folder = project.parent / "notebooks"
    count = write_notebooks(project, folder)
    workers = min(os.cpu_count() or 1, count)
    runs = Runs()
    warm_up(project)
    for _ in range(rounds):
        runs.add(ALONE, nbclient_alone(project, folder, ALONE, 1))
        if workers > 1:
            title = f"{ALONE}, {workers} side by side"
            runs.add("side by side", nbclient_alone(project, folder, title, workers))
        first = LANGUAGES[0]
        runs.add("cold one", cold(project, f"cold build, {first} only", first))
        runs.add(COLD, cold(project, COLD))
        runs.add("again", build(project, "nothing changed, both"))
        for language in LANGUAGES:
            title = f"nothing changed, {language} only"
            runs.add(f"again {language}", build(project, title, language))
        edit_prose(project)
        runs.add("edited", build(project, "one page's prose changed, both"))
    return runs, count, workers


def edit_prose(project: Path) -> None:
    """Add a sentence to one page of one language."""
    tree = project / "book" / LANGUAGES[-1]
    name = EDITED if (tree / f"{EDITED}.md").is_file() else pages(tree)[0]
    with (tree / f"{name}.md").open("a", encoding="utf-8") as page:
        page.write("\n\nOne more sentence.\n")


def measure(project: Path, rounds: int) -> list[Row]:
    """Measure builds of the copy.

    Raises:
        BenchError: a build failed.
    """
    try:
        runs, count, workers = take(project, rounds)
        least, most = runs.others()
        others = Row("other work during the builds", f"{least:.0%} to {most:.0%}", "", "machine")
        return [*_cold_rows(runs, count, workers), *_rebuild_rows(runs), others]
    except ValueError as error:  # a build that does not say what it did
        raise BenchError(str(error)) from error


def _cold_rows(runs: Runs, count: int, workers: int) -> list[Row]:
    alone, both, one = runs.seconds(ALONE), runs.seconds(COLD), runs.seconds("cold one")
    rows = [Row(f"{ALONE} ({count} of them, in turn)", seconds(alone))]
    rows.append(Row(COLD, seconds(both), ratio(both, alone), "notebooks in turn"))
    if workers > 1:
        beside = runs.seconds("side by side")
        rows.insert(1, Row(f"the same, {workers} side by side", seconds(beside)))
        rows.append(Row(COLD, seconds(both), ratio(both, beside), "notebooks side by side"))
    on_pages, in_sphinx = runs.parts(COLD)
    cpu = runs.cpu(COLD)
    return [
        *rows,
        Row("  of which executing pages", seconds(on_pages), share(on_pages, both), "cold build"),
        Row("  of which Sphinx", seconds(in_sphinx), share(in_sphinx, both), "cold build"),
        Row("  processor time", seconds(cpu), ratio(cpu, runs.cpu(ALONE)), "notebooks in turn"),
        Row(f"cold build, {LANGUAGES[0]} only", seconds(one), ratio(one, both), "cold build"),
        *_second_language_rows(runs),
        Row(
            "peak memory of the cold build (sum of RSS)",
            size(runs.peak(COLD)),
            ratio(runs.peak(COLD), runs.peak(ALONE)),
            f"notebooks in turn, {size(runs.peak(ALONE))}",
        ),
    ]


def _second_language_rows(runs: Runs) -> list[Row]:
    """Compare both languages with one: wall time, processor time, and Sphinx's part of the wall."""
    pairs = {
        "wall time": (runs.seconds(COLD), runs.seconds("cold one")),
        "processor time": (runs.cpu(COLD), runs.cpu("cold one")),
    }
    rows = [
        Row(f"second language, {name}", seconds(both - one), share(both - one, both), "cold build")
        for name, (both, one) in pairs.items()
    ]
    more = runs.parts(COLD)[1] - runs.parts("cold one")[1]
    of_wall = share(more, runs.seconds(COLD))
    return [
        *rows,
        Row("second language, wall time in Sphinx", seconds(more), of_wall, "cold build"),
    ]


def _rebuild_rows(runs: Runs) -> list[Row]:
    names = {"again": "nothing changed, both languages"}
    names |= {f"again {language}": f"nothing changed, {language} only" for language in LANGUAGES}
    names["edited"] = "one page's prose changed, both languages"
    both, rows = runs.seconds(COLD), []
    for key, name in names.items():
        taken, executed = runs.seconds(key), runs.executed(key)
        problem = f"{executed} pages ran, expected 0" if executed else ""
        rows.append(Row(name, seconds(taken), ratio(taken, both), "cold build", problem))
        rows.append(Row("  pages executed (expected 0)", str(executed)))
    return rows
