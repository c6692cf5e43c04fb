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

SPAN = re.compile(r" \((.+)–(.+)\)")  # of `results.formatted`


class Result(SphinxRole):
    """Quote a reference run: `TASK/RECIPE/METRIC/STATISTIC:FORMAT`; words by their label."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Insert the number as text."""
        folder = Path(self.config.bookkit_results)
        self.env.note_dependency(folder / f"{self.text.split('/')[0]}.json")
        language = LANGUAGES[self.config.bookkit_language]
        try:
            quoted = results.quote(self.text, folder)
        except (BookError, ValueError) as error:
            message = self.inliner.reporter.error(f"result: {error}", line=self.lineno)
            return [], [message]
        quoted = SPAN.sub(language.words["span"], quoted)
        return [nodes.Text(language.labels.get(quoted, quoted))], []


class ResultDirective(SphinxDirective):
    """What shows the results of the task in its argument; with `:recipes:`, of these alone."""

    required_arguments = 1
    option_spec = {"recipes": str.split}

    def run(self) -> list[nodes.Node]:
        """Load the results, and show them in the language of the page."""
        folder = Path(self.config.bookkit_results)
        self.env.note_dependency(folder / f"{self.arguments[0]}.json")
        try:
            document = results.load(self.arguments[0], folder)
            chosen = results.entries(document, self.options.get("recipes", []))
            return self.show(document, chosen, LANGUAGES[self.config.bookkit_language])
        except BookError as error:
            raise self.error(f"{self.name}: {error}") from error

    def show(self, document: dict, chosen: list[dict], language: Language) -> list[nodes.Node]:
        """Return what is shown of the results, as a list of nodes, or raise a `BookError`."""
        raise NotImplementedError


class ResultTable(ResultDirective):
    """Show every run of a task's recipes and their mean, `METRIC:FORMAT` each on a line.

    With `:means:`, a row a recipe, and a line may compare: `METRIC/minus=RECIPE:FORMAT`, or
    `METRIC/error/minus=RECIPE:FORMAT` for the standard error of that difference; in place of a
    recipe, `above` is that of the row above.
    """

    has_content = True
    option_spec = {**ResultDirective.option_spec, "means": directives.flag}

    def show(self, document: dict, chosen: list[dict], language: Language) -> list[nodes.Node]:
        """Build the table."""
        columns = [line.partition(":")[::2] for line in self.content if line.strip()]
        head = [language.words["recipe"], *(_title(address, language) for address, _ in columns)]
        if "means" in self.options:
            rows = _mean_rows(document, chosen, columns, language)
        else:
            head.insert(1, language.words["seed"])
            rows = _run_rows(document, chosen, columns, language)
        return [table(head, rows, classes=["result-table"])]


class TestSet(ResultDirective):
    """Say how often the test set of a task was scored, and on what its settings were chosen.

    With `:scores: FORMAT`, also what other versions of the recipes scored.
    """

    option_spec = {**ResultDirective.option_spec, "scores": directives.unchanged}

    def show(self, document: dict, chosen: list[dict], language: Language) -> list[nodes.Node]:
        """Build a paragraph: what was counted, then the sentences of `test-sets.yml`."""
        folder = Path(self.config.bookkit_results)
        self.env.note_dependency(folder / results.TEST_SETS)
        texts = results.test_set(self.arguments[0], language.code, folder)
        shown, before = results.scored(document, self.options.get("recipes", []))
        counted = "scored before" if before else "scored in these runs alone"
        if before and "counted_since" in document:  # what was before is known from history alone
            counted = "at least scored before"
        numbers = {"test": texts.pop("test set"), "shown": shown, "before": before}
        sentences = [language.words[counted].format(**numbers), *texts.values()]
        if form := self.options.get("scores"):
            scores = [score for entry in chosen for score in entry.get("earlier", [])]
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


def _mean_rows(
    document: dict, chosen: list[dict], columns: list, language: Language
) -> list[nodes.row]:
    """Make a row for each recipe: means, with their deviation where nothing is compared."""
    rows = []
    above = ""
    for name in (entry["name"] for entry in chosen):
        cells = [language.labels.get(name, name)]
        for address, form in columns:
            metric, statistic, base = _parts(address)
            if not base:
                cells.append(_mean(results.values(document, name, metric), form))
            elif base.endswith("=above") and not above:
                cells.append("")
            else:
                base = base.replace("=above", f"={above}")
                if results.is_time(metric) and base.startswith("over="):
                    statistic = "span"
                cells.append(results.formatted(document, name, metric, statistic, base, form))
        rows.append(table_row(cells))
        above = name
    return rows


def _run_rows(
    document: dict, chosen: list[dict], columns: list, language: Language
) -> list[nodes.row]:
    """Make a row for each run and one for their mean; a recipe's name spans all of its rows."""
    rows = []
    for entry in chosen:
        measured = [
            (results.values(document, entry["name"], metric), form) for metric, form in columns
        ]
        texts = [[results.written(value, form) for value in values] for values, form in measured]
        runs = list(zip(*texts, strict=True))
        seeds = [str(run["seed"]) for run in entry["runs"]]
        if len(set(runs)) == 1:  # no seed changes what is shown
            below = [table_row([", ".join(seeds), *runs[0]])]
        else:
            below = [table_row([seed, *cells]) for seed, cells in zip(seeds, runs, strict=True)]
            means = [language.words["mean"], *(_mean(*column) for column in measured)]
            below.append(table_row([[nodes.strong("", cell)] for cell in means]))
        name = nodes.paragraph("", language.labels.get(entry["name"], entry["name"]))
        span = {"morerows": len(below) - 1} if len(below) > 1 else {}
        below[0].insert(0, nodes.entry("", name, classes=["recipe"], **span))
        rows += below
    return rows


def _mean(values: list[float], form: str) -> str:
    if len(set(values)) == 1:
        return results.written(values[0], form)
    mean, spread = results.STATISTICS["mean"](values), results.STATISTICS["std"](values)
    return f"{results.written(mean, form)}\u00a0±\u00a0{results.written(spread, form.lstrip('+'))}"


def table(head: list[str], rows: Sequence[list | nodes.Element], classes: list[str]) -> nodes.table:
    """Build a docutils table of text cells; a cell may also be inline nodes, a row a node."""
    group = nodes.tgroup(cols=len(rows[0]))
    group += [nodes.colspec(colwidth=1) for _ in rows[0]]
    if head:
        group += nodes.thead("", table_row(head))
    group += nodes.tbody("", *(table_row(row) if isinstance(row, list) else row for row in rows))
    return nodes.table("", group, classes=classes)


def table_row(cells: list) -> nodes.row:
    """Build a row of cells: of text each, or of inline nodes."""
    contents = [cell if isinstance(cell, list) else [nodes.Text(cell)] for cell in cells]
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *each)) for each in contents))


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_role("result", Result())
    app.add_directive("result-table", ResultTable)
    app.add_directive("test-set", TestSet)
