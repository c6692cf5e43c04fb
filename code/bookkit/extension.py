"""The Sphinx extension of the book: what Sphinx is told."""

from pathlib import Path

from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx

from bookkit import stale
from bookkit.directives import (
    diagrams,
    figures,
    forecasts,
    glossary,
    live,
    messages,
    opening,
    overview,
    plots,
    provenance,
    results,
    snippets,
    teaching,
    thumbnails,
)
from bookkit.formats.all import FORMATS
from bookkit.languages import FALLBACK, LANGUAGES
from bookkit.pages import reader, stubs
from bookkit.paths import CODE, RESULTS
from bookkit.running import cache
from bookkit.text import citations, lines, numbers, passages, sections
from bookkit.web import bundle, documentation, feet, images, listings, mathml, page
from bookkit.web import messages as message_index


def start_reading(app: Sphinx, docname: str, source: list[str]) -> None:
    """Tell the reader which page comes next, and whether it has run."""
    data = app.config.bookkit_data
    path, code = Path(app.env.doc2path(docname)), Path(app.config.bookkit_code)
    reader.current.set(reader.Reading(path, code, data.get(docname, data[""])))
    if app.config.bookkit_partial and not _has_run(app, docname):
        words = LANGUAGES[app.config.bookkit_language].words["not built"]
        source[0] = stubs.stub(source[0], words.format(page=docname))


def _has_run(app: Sphinx, docname: str) -> bool:
    notebook = reader.page_of(app.env, docname)
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return True
    return cache.lookup(get_cache(app.config.nb_execution_cache_path), notebook) is not None


def note_dependencies(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a page shows: modules, its run, pictures; and tell its cells what they include."""
    reading, env = reader.current.get(), app.env
    notebook = reader.page_of(env, env.docname)
    env.metadata[env.docname]["data"] = reader.settings(notebook).get("data", [])
    record = cache.record_file(get_cache(app.config.nb_execution_cache_path), notebook)
    for path in [*reading.files, record, record.with_name("base.ipynb")]:
        env.note_dependency(path)
    env.metadata[env.docname]["pictures"] = [node["uri"] for node in doctree.findall(nodes.image)]
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            cell["included"] = reading.included.get(cell["cell_index"], [])


def set_output_folder(app: Sphinx) -> None:
    """Keep MyST-NB's working files out of the site, where both languages would share one folder."""
    folder = str(Path(app.doctreedir).parent / "outputs")
    app.env.mystnb_config = app.env.mystnb_config.copy(output_folder=folder)


def setup(app: Sphinx) -> dict:
    """Register the extension."""
    app.add_config_value("bookkit_language", FALLBACK, "env", str)
    app.add_config_value("bookkit_code", str(CODE), "env", str)
    app.add_config_value("bookkit_results", str(RESULTS), "env", str)
    app.add_config_value("bookkit_data", {"": {}}, "", dict)  # by page, and as "" of all others
    app.add_config_value("bookkit_partial", False, "", bool)  # pages that have not run are stubs
    app.add_config_value("bookkit_site", "", "", str)
    app.add_config_value("bookkit_books", [], "", list)
    app.add_config_value("bookkit_repository", "", "", str)
    app.connect("builder-inited", set_output_folder, priority=900)
    app.connect("source-read", start_reading)
    app.connect("doctree-read", note_dependencies)
    for part in (
        stale, sections, lines, figures, live, diagrams, plots, teaching, messages, results,
        forecasts, glossary, thumbnails, opening, overview, provenance, snippets, page, feet,
        listings, mathml, numbers, images, passages, *FORMATS.values(), citations, bundle,
        message_index, documentation,
    ):  # fmt: skip
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
