"""Reference runs in prose: one number, or a table of all runs.

The role `result` writes `TASK/RECIPE/METRIC/STATISTIC:FORMAT`, see `bookkit.reference.results`: the
statistics are `mean`, `std`, `min`, `max`, `count`, `span` (the mean, with the least and the
largest in parentheses) and `error` (the standard error of a difference over the test examples).
`/minus=RECIPE` or `/over=RECIPE` before the colon compares, with `.METRIC` behind the recipe if it
is another one. A format may end in `k`, `M`, `T` or, for percentage points, `p`; `holds/changed`
says the first word for 1 and the second for 0. `result-plot` (`directives.plots`) draws one metric
over another, `test-set` says how often a test set was scored.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from bookkit.errors import BookError
from bookkit.languages import LANGUAGES, Language
from bookkit.reference import results

SPAN = re.compile(r" \((.+)–(.+)\)")  # of `results.spanned`


class Result(SphinxRole):
    """Quote a reference run: `TASK/RECIPE/METRIC/STATISTIC:FORMAT`; words by their label."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Insert the number as text."""
        folder = Path(self.config.bookkit_results)
        self.env.note_dependency(folder / f"{self.text.split('/')[0]}.json")
        language = LANGUAGES[self.config.bookkit_language]
        try:
            quoted = results.quote(self.text, folder)
            quoted = SPAN.sub(language.words["span"], quoted)
            return [nodes.Text(language.labels.get(quoted, quoted))], []
        except (BookError, ValueError) as error:
            message = self.inliner.reporter.error(f"result: {error}", line=self.lineno)
            return [], [message]


class ResultTable(SphinxDirective):
    """Show every run of a task's recipes and their mean, `METRIC:FORMAT` each on a line.

    With `:means:`, a row a recipe, and a line may compare: `METRIC/minus=RECIPE:FORMAT`, or
    `METRIC/error/minus=RECIPE:FORMAT` for the standard error of that difference; in place of a
    recipe, `above` is that of the row above.
    """

    required_arguments = 1
    has_content = True
    option_spec = {"recipes": directives.unchanged, "means": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Build the table."""
        task = self.arguments[0]
        folder = Path(self.config.bookkit_results)
        self.env.note_dependency(folder / f"{task}.json")
        metrics = [line.partition(":")[::2] for line in self.content if line.strip()]
        language = LANGUAGES[self.config.bookkit_language]
        only = self.options.get("recipes", "").split()
        try:
            document = results.load(task, folder)
            if "means" in self.options:
                rows = _mean_rows(document, metrics, language, only)
            else:
                rows = _result_rows(document, metrics, language, only)
        except BookError as error:
            raise self.error(f"result-table: {error}") from error
        head = [language.words["recipe"]]
        head += [] if "means" in self.options else [language.words["seed"]]
        head += [_title(name, language) for name, _ in metrics]
        return [table(head, rows, classes=["result-table"])]


class TestSet(SphinxDirective):
    """Say how often the test set of a task was scored, and on what its settings were chosen.

    With `:recipes:`, of these recipes alone; with `:scores: FORMAT`, what other versions scored.
    """

    required_arguments = 1
    option_spec = {"recipes": directives.unchanged, "scores": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Build a paragraph: what was counted, then the sentences of `test-sets.yml`."""
        task = self.arguments[0]
        folder = Path(self.config.bookkit_results)
        for name in (f"{task}.json", results.TEST_SETS):
            self.env.note_dependency(folder / name)
        language = LANGUAGES[self.config.bookkit_language]
        try:
            document = results.load(task, folder)
            texts = results.test_set(task, language.code, folder)
            only = self.options.get("recipes", "").split()
            shown, before = results.scored(document, only)
        except BookError as error:
            raise self.error(f"test-set: {error}") from error
        counted = "scored before" if before else "scored in these runs alone"
        if before and "counted_since" in document:  # what was before is known from history alone
            counted = "at least scored before"
        numbers = {"test": texts.pop("test set"), "shown": shown, "before": before}
        sentences = [language.words[counted].format(**numbers), *texts.values()]
        if form := self.options.get("scores"):
            scores = [one for entry in _chosen(document, only) for one in entry.get("earlier", [])]
            listed = language.words["listed"].join(results.written(one, form) for one in scores)
            sentences.insert(1, language.words["earlier scores"].format(scores=listed))
        between = " " if language.spaced else ""
        return self.parse_text_to_nodes(between.join(sentences))


def _parts(address: str) -> tuple[str, str, str]:
    """Take `METRIC`, `METRIC/minus=RECIPE` or `METRIC/error/minus=RECIPE` apart."""
    metric, *between, base = address.split("/") if "/" in address else (address, "")
    return metric, "".join(between) or "mean", base


def _title(address: str, language: Language) -> str:
    """Name a metric, and what it is compared with."""
    metric, statistic, base = _parts(address)
    label = language.labels.get(metric, metric)
    if not base:
        return label
    if statistic == "error":
        return language.words["difference error"].format(metric=label)
    kind, _, other = base.partition("=")
    return language.words[kind].format(metric=label, recipe=language.labels.get(other, other))


def _chosen(document: dict, only: list[str]) -> list[dict]:
    """Return the recipes that are named, in that order, or all."""
    entries = {entry["name"]: entry for entry in document["recipes"]}
    if unknown := [name for name in only if name not in entries]:
        raise BookError(f"no recipe {unknown[0]!r}; there are: {', '.join(entries)}")
    return [entries[name] for name in only or entries]


def _mean_rows(
    document: dict, metrics: list, language: Language, only: list[str]
) -> list[nodes.row]:
    """Make a row for each recipe: means, with their deviation where nothing is compared."""
    rows: list[nodes.row] = []
    above = ""
    for entry in _chosen(document, only):
        cells = [language.labels.get(entry["name"], entry["name"])]
        for address, form in metrics:
            metric, statistic, base = _parts(address)
            if base.endswith("=above") and not rows:
                cells.append("")
            elif base:
                base = base.replace("=above", f"={above}")
                if results.is_time(metric) and base.startswith("over="):
                    cells.append(results.spanned(document, entry["name"], metric, base, form))
                    continue
                value = results.compared(document, entry["name"], metric, statistic, base)
                cells.append(results.written(value, form))
            else:
                cells.append(_mean(results.values(document, entry["name"], metric), form))
        rows.append(_row(cells))
        above = entry["name"]
    return rows


def _result_rows(
    document: dict, metrics: list, language: Language, only: list[str]
) -> list[nodes.row]:
    """Make a row for each run and one for their mean; a recipe's name spans all of its rows."""
    rows = []
    for entry in _chosen(document, only):
        columns = [results.values(document, entry["name"], name) for name, _ in metrics]
        runs = [
            [results.written(value, form) for value, (_, form) in zip(values, metrics, strict=True)]
            for values in zip(*columns, strict=True)
        ]
        seeds = [str(run["seed"]) for run in entry["runs"]]
        if all(run == runs[0] for run in runs):  # no seed changes what is shown
            made = [_row([", ".join(seeds), *runs[0]])]
        else:
            made = [_row([seed, *cells]) for seed, cells in zip(seeds, runs, strict=True)]
            means = [language.words["mean"]]
            means += [
                _mean(column, form) for column, (_, form) in zip(columns, metrics, strict=True)
            ]
            made.append(_row([[nodes.strong("", cell)] for cell in means]))
        name = nodes.paragraph("", language.labels.get(entry["name"], entry["name"]))
        below = {"morerows": len(made) - 1} if len(made) > 1 else {}
        made[0].insert(0, nodes.entry("", name, classes=["recipe"], **below))
        rows += made
    return rows


def _mean(column: list[float], form: str) -> str:
    if len(set(column)) == 1:
        return results.written(column[0], form)
    mean, spread = results.STATISTICS["mean"](column), results.STATISTICS["std"](column)
    return f"{results.written(mean, form)}\u00a0±\u00a0{results.written(spread, form.lstrip('+'))}"


def table(head: list[str], rows: Sequence[list | nodes.Element], classes: list[str]) -> nodes.table:
    """Build a docutils table of text cells; a cell may also be inline nodes, a row a node."""
    group = nodes.tgroup(cols=len(rows[0]))
    group += [nodes.colspec(colwidth=1) for _ in rows[0]]
    if head:
        group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row) if isinstance(row, list) else row for row in rows))
    return nodes.table("", group, classes=classes)


def _row(cells: list) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        children = cell if isinstance(cell, list) else [nodes.Text(cell)]
        row += nodes.entry("", nodes.paragraph("", "", *children))
    return row


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_role("result", Result())
    app.add_directive("result-table", ResultTable)
    app.add_directive("test-set", TestSet)
