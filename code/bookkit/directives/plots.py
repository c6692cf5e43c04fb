"""Figures of reference runs: what recipes reached, one metric over another."""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from bookkit.directives.diagrams import DrawnFigure
from bookkit.errors import BookError
from bookkit.reference import chart, results

MEAN, SPREAD = results.STATISTICS["mean"], results.STATISTICS["std"]


class ResultPlot(DrawnFigure):
    """Draw each recipe of a task as a point: means, and their deviation over the seeds.

    `:published: TASK` adds results that others published, without color. With `:curves:`, the
    metrics `Y_100`, `Y_200` and so on of a recipe are a curve over those numbers, and `x` only
    says what they are.
    """

    option_spec = {
        **DrawnFigure.option_spec,
        "x": directives.unchanged_required,
        "y": directives.unchanged_required,
        "log": directives.flag,  # the horizontal axis
        "curves": directives.flag,
        "recipes": directives.unchanged_required,
        "published": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Draw the committed results while the page is read; no cell runs for it."""
        self.require("x", "y")
        labels, log = self.language.labels, "log" in self.options
        x, y = (labels.get(self.options[axis], self.options[axis]) for axis in "xy")
        only = self.options.get("recipes", "").split()
        try:
            points = self._points(self.arguments[0], only)
            if "published" in self.options:
                points += self._points(self.options["published"], [], other=True)
            drawn = chart.draw(points, x, y, log=log)
        except (BookError, ValueError) as error:
            raise self.error(f"result-plot: {error}") from error
        return self.show(self.options["name"], drawn)

    def _points(self, task: str, only: list[str], *, other: bool = False) -> list[chart.Point]:
        folder = Path(self.config.bookkit_results)
        self.env.note_dependency(folder / f"{task}.json")
        document = results.load(task, folder)
        names = only or [entry["name"] for entry in document["recipes"]]
        if "curves" in self.options:
            return [point for name in names for point in self._curve(document, name)]
        return [self._point(document, name, other) for name in names]

    def _curve(self, document: dict, name: str) -> list[chart.Point]:
        """Return a point for each number that metrics of the recipe end in, in their order."""
        values = {
            int(number): results.values(document, name, metric)
            for metric in results.metrics(document, name)
            for metric_of, _, number in [metric.rpartition("_")]
            if metric_of == self.options["y"] and number.isdecimal()
        }
        if not values:
            wanted = f"{self.options['y']}_NUMBER"
            raise BookError(f"no metric {wanted} of {name!r}, which a curve needs")
        label = self.language.labels.get(name, name)
        return [
            chart.Point(label, number, MEAN(reached), 0, SPREAD(reached), curve=True)
            for number, reached in sorted(values.items())
        ]

    def _point(self, document: dict, name: str, other: bool) -> chart.Point:
        x, y = (results.values(document, name, self.options[axis]) for axis in "xy")
        label = self.language.labels.get(name, name)
        return chart.Point(label, MEAN(x), MEAN(y), SPREAD(x), SPREAD(y), other)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("result-plot", ResultPlot)
