"""Directives and roles of the pages: figures of cells, reference results, the provenance box."""

import datetime
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from PIL import Image
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from bookkit.errors import BookError
from bookkit.pages import reader
from bookkit.reference import results, run
from bookkit.running import cache
from bookkit.words import WORDS

LOGGER = logging.getLogger(__name__)
CSS_DPI = 96


class pending_figure(nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where a cell's picture will stand, with its caption."""


class CellFigure(SphinxDirective):
    """Give the picture of the code cell above a caption, alternative text and a name.

    The caption stands in Markdown and not in the cell, so that one execution serves both languages.
    """

    has_content = True
    option_spec = {"alt": directives.unchanged_required, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Leave a pending node; the outputs are attached once the page is parsed."""
        if "alt" not in self.options or not self.content:
            raise self.error("cell-figure needs :alt: and a caption")
        node = pending_figure(alt=self.options["alt"])
        self.set_source_info(node)
        caption = nodes.caption()
        self.set_source_info(caption)
        children, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        caption += children
        node += caption
        self.add_name(node)
        return [node, *messages]


class AttachFigures(SphinxTransform):
    """Move the picture of the cell before into the figure."""

    default_priority = 500

    def apply(self, **kwargs: object) -> None:
        """Replace each pending node by a figure."""
        for node in list(self.document.findall(pending_figure)):
            bundle = _picture_before(node)
            if bundle is None:
                LOGGER.warning("cell-figure: no picture in a code cell above", location=node)
                node.replace_self(nodes.paragraph("", "", *node[0].children))
                continue
            cell_output = bundle.parent
            cell_output.remove(bundle)
            if not cell_output.children:
                cell_output.parent.remove(cell_output)
            for image in bundle.findall(nodes.image):
                image["alt"] = node["alt"]
                self._natural_size(image)
            figure = nodes.figure("", bundle, *node.children, ids=node["ids"], names=node["names"])
            figure.source, figure.line = node.source, node.line
            figure["drawn_by_cell"] = True
            node.replace_self(figure)
            # docutils keeps track of which node a name belongs to.
            for name in figure["ids"]:
                self.document.ids[name] = figure

    def _natural_size(self, image: nodes.image) -> None:
        """Show a picture as large as it was drawn, in inches, whatever its resolution."""
        path = Path(self.env.relfn2path(image["uri"], self.env.docname)[1])
        if path.suffix == ".png":
            with Image.open(path) as opened:
                resolution = opened.info.get("dpi", (CSS_DPI,))[0]
                image["width"] = f"{round(opened.width * CSS_DPI / resolution)}px"


def is_code_cell(node: nodes.Node) -> bool:
    """Whether a node is a code cell, outputs included."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _picture_before(node: nodes.Node) -> nodes.Element | None:
    """Find the last picture of the nearest code cell that stands before a node."""
    siblings = node.parent.children
    for sibling in reversed(siblings[: siblings.index(node)]):
        if is_code_cell(sibling):
            bundles = sibling.findall(
                lambda each: (
                    isinstance(each, nodes.container)
                    and each.get("nb_element") == "mime_bundle"
                    and any(child["mime_type"].startswith("image/") for child in each.children)
                )
            )
            return (list(bundles) or [None])[-1]
    return None


class Result(SphinxRole):
    """Quote a reference run: `TASK/RECIPE/METRIC/STATISTIC:FORMAT`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Insert the number as text."""
        self.env.note_dependency(results.RESULTS / f"{self.text.split('/')[0]}.json")
        try:
            return [nodes.Text(results.quote(self.text))], []
        except (BookError, ValueError) as error:
            message = self.inliner.reporter.error(f"result: {error}", line=self.lineno)
            return [], [message]


class ResultTable(SphinxDirective):
    """Show every run of a task's recipes and their mean, `METRIC:FORMAT` each on a line."""

    required_arguments = 1
    has_content = True
    option_spec = {"recipes": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Build the table."""
        task = self.arguments[0]
        self.env.note_dependency(results.RESULTS / f"{task}.json")
        metrics = [line.partition(":")[::2] for line in self.content if line.strip()]
        words = WORDS[self.config.bookkit_language]
        try:
            document = results.load(task)
            rows = _result_rows(document, metrics, words, self.options.get("recipes", "").split())
        except BookError as error:
            raise self.error(f"result-table: {error}") from error
        head = [words["recipe"], words["seed"], *(words.get(name, name) for name, _ in metrics)]
        return [table(head, rows, classes=["result-table"])]


def _result_rows(document: dict, metrics: list, words: dict, only: list[str]) -> list[nodes.row]:
    """Make a row for each run and one for their mean; a recipe's name spans all of its rows."""
    rows = []
    entries = {entry["name"]: entry for entry in document["recipes"]}
    for entry in [entries[name] for name in only if name in entries] or entries.values():
        columns = [results.values(document, entry["name"], name) for name, _ in metrics]
        runs = [
            [format(value, form) for value, (_, form) in zip(values, metrics, strict=True)]
            for values in zip(*columns, strict=True)
        ]
        seeds = [str(run["seed"]) for run in entry["runs"]]
        if all(run == runs[0] for run in runs):  # no seed changes what is shown
            made = [_row([", ".join(seeds), *runs[0]])]
        else:
            made = [_row([seed, *cells]) for seed, cells in zip(seeds, runs, strict=True)]
            means = [
                _mean(column, form) for column, (_, form) in zip(columns, metrics, strict=True)
            ]
            made.append(_row([[nodes.strong("", cell)] for cell in (words["mean"], *means)]))
        name = nodes.paragraph("", words.get(entry["name"], entry["name"]))
        below = {"morerows": len(made) - 1} if len(made) > 1 else {}
        made[0].insert(0, nodes.entry("", name, classes=["recipe"], **below))
        rows += made
    return rows


def _mean(column: list[float], form: str) -> str:
    if len(set(column)) == 1:
        return format(column[0], form)
    mean, deviation = results.STATISTICS["mean"](column), results.STATISTICS["std"](column)
    return f"{mean:{form}}\u00a0±\u00a0{deviation:{form}}"


def table(head: list[str], rows: list[list | nodes.Node], classes: list[str]) -> nodes.table:
    """Build a docutils table of text cells; a cell may also be inline nodes, a row a node."""
    group = nodes.tgroup(cols=len(rows[0]))
    group += [nodes.colspec(colwidth=1) for _ in rows[0]]
    if head:
        group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(row if isinstance(row, nodes.Node) else _row(row) for row in rows))
    return nodes.table("", group, classes=classes)


def _row(cells: list) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        children = cell if isinstance(cell, list) else [nodes.Text(cell)]
        row += nodes.entry("", nodes.paragraph("", "", *children))
    return row


class Provenance(SphinxDirective):
    """Say how the page was made: versions, processor, data, seeds, time, and the downloads."""

    def run(self) -> list[nodes.Node]:
        """Build the box from what was recorded when the page ran."""
        words = WORDS[self.config.bookkit_language]
        notebook = reader.read_page(Path(self.env.doc2path(self.env.docname)))
        record = cache.lookup(cache.get_cache(self.config.nb_execution_cache_path), notebook)
        box = nodes.admonition(classes=["provenance"])
        box += nodes.title("", words["provenance"])
        if not any(cell.cell_type == "code" for cell in notebook.cells) or record is None:
            box += nodes.paragraph("", words["not executed"])
            return [box]
        box += table([], _provenance_rows(record, words, self.env.docname), classes=["provenance"])
        return [box]


def _provenance_rows(record: dict, words: dict, docname: str) -> list[list | nodes.Node]:
    packages = ", ".join(f"{name} {version}" for name, version in record["packages"].items())
    data = _datasets(record, words, "dataset")
    # The notebooks stand beside the pages of their language, see `site.assemble`.
    up = "../" * docname.count("/")
    links: list[nodes.Node] = []
    for suffix, word in ((".ipynb", "notebook"), (".py", "script")):
        links += [nodes.Text(" · ")] if links else []
        address = f"{up}notebooks/{docname}{suffix}"
        links.append(nodes.reference("", words[word], refuri=address, classes=["download"]))
    return [
        [words["python"], f"Python {record['python']}, {packages}"],
        [
            words["processor"],
            words["cores"].format(name=record["processor"], count=record["cores"]),
        ],
        [words["data"], data or words["no data"]],
        [words["seeds"], ", ".join(map(str, record["seeds"])) or words["no seeds"]],
        [words["time"], words["seconds"].format(value=record["execution_seconds"])],
        # Only the site has the notebooks beside the pages.
        addnodes.only("", _row([words["downloads"], links]), expr="builder_html"),
    ]


class Colophon(SphinxDirective):
    """Say from which commit and on which day the book was made, and what each page took."""

    def run(self) -> list[nodes.Node]:
        """Build both tables."""
        words = WORDS[self.config.bookkit_language]
        commit, day = edition()
        self.env.metadata[self.env.docname]["edition"] = f"{commit} {day}"
        opened = cache.get_cache(self.config.nb_execution_cache_path)
        rows = []
        for docname in sorted(self.env.found_docs):
            notebook = reader.read_page(Path(self.env.doc2path(docname)))
            record = cache.lookup(opened, notebook)
            if record and any(cell.cell_type == "code" for cell in notebook.cells):
                data = _datasets(record, words, "dataset in short")
                seconds = words["seconds"].format(value=record["execution_seconds"])
                rows.append([docname, seconds, data or words["no data"]])
        made = table([], [[words["commit"], commit], [words["date"], day]], classes=["colophon"])
        head = [words["page"], words["time"], words["data"]]
        return [made, table(head, rows, classes=["colophon"])]


def _datasets(record: dict, words: dict, form: str) -> str:
    """List the data of a run, punctuated as the language wants it."""
    listed = (
        words[form].format(name=name, variant=words[one["variant"]], hash=one["sha256"][:12])
        for name, one in record["data"].items()
    )
    return words["between"].join(listed)


def edition() -> tuple[str, str]:
    """Return the commit and the day (UTC) of this build."""
    return run.commit(), datetime.datetime.now(datetime.UTC).date().isoformat()


def outdated_colophon(app: Sphinx, env, added: set, changed: set, removed: set) -> list[str]:
    """Have Sphinx read the colophon again when the commit, the day or a page's run is new."""
    now = " ".join(edition())
    found = [name for name, data in env.metadata.items() if "edition" in data]
    stale = changed or added or any(env.metadata[name]["edition"] != now for name in found)
    return found if stale else []


def rewrite_colophon(app: Sphinx, env) -> list[str]:
    """Have the colophon written again: another format may have read it since."""
    return [name for name, data in env.metadata.items() if "edition" in data]


def setup(app: Sphinx) -> None:
    """Register everything here."""
    app.add_node(pending_figure)
    app.add_directive("cell-figure", CellFigure)
    app.add_transform(AttachFigures)
    app.add_role("result", Result())
    app.add_directive("result-table", ResultTable)
    app.add_directive("provenance", Provenance)
    app.add_directive("colophon", Colophon)
    app.connect("env-get-outdated", outdated_colophon)
    app.connect("env-updated", rewrite_colophon)
