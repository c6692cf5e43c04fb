"""The Sphinx extension of the book: what Sphinx is told, and what makes it read pages again."""

import hashlib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from bookkit.directives import figures, provenance, results
from bookkit.formats import epub, notebook, pdf
from bookkit.pages import reader
from bookkit.paths import BUILD
from bookkit.text import citations, lines, numbers, passages, sections
from bookkit.web import bundle, images, listings, mathml, page

# Folders of the kit: no page looks different after a change there.
RENDERS_NOTHING = {"checks", "data"}


def start_reading(app: Sphinx, docname: str, source: list[str]) -> None:
    """Tell the reader which page comes next."""
    reader.current.set(reader.Reading(Path(app.env.doc2path(docname))))


def note_includes(app: Sphinx, doctree: nodes.document) -> None:
    """Make a page depend on the modules whose source it shows, and tell its cells their names."""
    reading = reader.current.get()
    if reading is None:
        return
    for path in reading.files:
        app.env.note_dependency(path)
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            cell["included"] = reading.included.get(cell["cell_index"], [])


def rewrite_bibliographies(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have the list of references written again: which entries it holds depends on every page."""
    return [key.docname for key in env.get_domain("cite").bibliographies]


def set_output_folder(app: Sphinx) -> None:
    """Keep MyST-NB's working files out of the site, where both languages would share one folder."""
    folder = BUILD / "sphinx" / app.config.bookkit_language / "outputs"
    app.env.mystnb_config = app.env.mystnb_config.copy(output_folder=str(folder))


def code_of(folder: Path) -> str:
    """Return a hash of the Python files below a folder, but for those that render no page."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder)
        if name.parts[0] not in RENDERS_NOTHING:
            found.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def setup(app: Sphinx) -> dict:
    """Register the extension."""
    app.add_config_value("bookkit_language", "en", "env", str)
    # Sphinx reads pages again when this code changed, and writes them again: two kinds of setting.
    code = code_of(Path(__file__).parent)
    app.add_config_value("bookkit_reads_by", code, "env", str)
    app.add_config_value("bookkit_writes_by", code, "html", str)
    app.add_config_value("bookkit_site", "", "html", str)
    app.add_config_value("bookkit_books", [], "html", list)
    # Exported notebooks depend on it too, and they are written for pages that were read.
    app.add_config_value("bookkit_repository", "", "env", str)
    app.connect("builder-inited", set_output_folder, priority=900)
    app.connect("source-read", start_reading)
    app.connect("doctree-read", note_includes)
    app.connect("env-updated", rewrite_bibliographies)
    for part in (
        sections, lines, figures, results, provenance, page, listings, mathml, numbers, images,
        notebook, passages, pdf, epub, citations, bundle,
    ):  # fmt: skip
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
