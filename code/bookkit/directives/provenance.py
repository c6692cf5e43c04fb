"""How a page was made, and the book: the provenance box and the colophon."""

import ast
import datetime
import os
import time
from collections.abc import Mapping

from docutils import nodes
from jupyter_cache import get_cache
from nbformat import NotebookNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from bookkit.directives.results import table, table_row
from bookkit.errors import BookError
from bookkit.languages import LANGUAGES
from bookkit.pages import reader, seeds
from bookkit.pages.imports import parse
from bookkit.running import cache
from bookkit.running.commit import commit
from bookkit.web import publishing

RUN = "run"  # in the metadata of a page: the record of its run


class Provenance(SphinxDirective):
    """Say how the page was made: versions, processor, data, seeds, time, and the downloads."""

    def run(self) -> list[nodes.Node]:
        """Build the box from what was recorded when the page ran."""
        words = LANGUAGES[self.config.bookkit_language].words
        notebook, record = _run_of(self.env, self.env.docname)
        box = nodes.admonition(classes=["provenance"])
        box += nodes.title("", words["provenance"])
        if record is None:
            box += nodes.paragraph("", words["not executed"])
            return [box]
        code = [parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
        rows = _provenance_rows(record, code, words, self.env.docname)
        box += table([], rows, classes=["provenance"])
        return [box]


def _run_of(env: BuildEnvironment, docname: str) -> tuple[NotebookNode, dict | None]:
    """Return a page and the record of its run, if it has cells that ran; keep it for the colophon.

    `stale` drops what is kept of a page that is to be read again.
    """
    notebook = reader.page_of(env, docname)
    record = None
    if any(cell.cell_type == "code" for cell in notebook.cells):
        record = cache.lookup(get_cache(env.config.nb_execution_cache_path), notebook)
    env.metadata[docname][RUN] = record
    return notebook, record


def _provenance_rows(
    record: dict, code: list[ast.Module], words: Mapping[str, str], docname: str
) -> list[list | nodes.Element]:
    packages = ", ".join(f"{name} {version}" for name, version in record["packages"].items())
    cores = words["cores"].format(name=record["processor"], count=record["cores"])
    notebook, script = (
        nodes.reference("", text, refuri=publishing.copy_of(docname, suffix), classes=["download"])
        for text, suffix in (
            (words["notebook"], publishing.NOTEBOOK),
            (words["script"], publishing.SCRIPT),
        )
    )
    downloads = [words["downloads"], [notebook, nodes.Text(" · "), script]]
    return [
        [words["python"], f"Python {record['python']}, {packages}"],
        [words["processor"], cores],
        [words["data"], _datasets(record, words, "dataset")],
        [words["seeds"], _seeds(code, words)],
        [words["time"], words["seconds"].format(value=record["execution_seconds"])],
        # Only the site has the notebooks beside the pages.
        addnodes.only("", table_row(downloads), expr="builder_html"),
    ]


def _seeds(code: list[ast.Module], words: Mapping[str, str]) -> str:
    """List the seeds that a page fixes; only what can draw nothing is called not random."""
    listed, more = seeds.fixed(code)
    if listed:
        text = ", ".join(map(str, listed))
        return words["more seeds"].format(listed=text) if more else text
    if more:
        return words["computed seeds"]
    return words["unset seeds" if seeds.draws(code) else "no seeds"]


class Colophon(SphinxDirective):
    """Say from which commit and on which day the book was made, and what each page took."""

    def run(self) -> list[nodes.Node]:
        """Build both tables."""
        words = LANGUAGES[self.config.bookkit_language].words
        made_from, day = edition()
        self.env.metadata[self.env.docname]["edition"] = f"{made_from} {day}"
        rows = []
        for docname in sorted(self.env.found_docs):
            metadata = self.env.metadata[docname]
            if RUN not in metadata:
                _run_of(self.env, docname)
            if record := metadata[RUN]:
                seconds = words["seconds"].format(value=record["execution_seconds"])
                rows.append([docname, seconds, _datasets(record, words, "dataset in short")])
        origin = [[words["commit"], made_from], [words["date"], day]]
        head = [words["page"], words["time"], words["data"]]
        return [table([], origin, classes=["colophon"]), table(head, rows, classes=["colophon"])]


def _datasets(record: dict, words: Mapping[str, str], form: str) -> str:
    """List the data of a run, punctuated as the language wants it, or say that it had none."""
    listed = (
        words[form].format(name=name, variant=words[data["variant"]], hash=data["sha256"][:12])
        for name, data in record["data"].items()
    )
    return words["between"].join(listed) or words["no data"]


def edition() -> tuple[str, str]:
    """Return the commit and the day (UTC): today, or that of `SOURCE_DATE_EPOCH`.

    Raises:
        BookError: that is no number of seconds.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH") or str(int(time.time()))
    if not value.isdecimal():
        raise BookError(
            f"SOURCE_DATE_EPOCH={value!r} is not a date: give whole seconds since 1970, such as "
            "$(git log -1 --format=%ct), or leave SOURCE_DATE_EPOCH unset"
        )
    return commit(), datetime.datetime.fromtimestamp(int(value), datetime.UTC).date().isoformat()


def setup(app: Sphinx) -> None:
    """Register both directives."""
    app.add_directive("provenance", Provenance)
    app.add_directive("colophon", Colophon)
