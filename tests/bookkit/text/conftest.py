"""A single page, through all that happens to text, with nothing else of the book: a second."""

import itertools
import warnings

import pytest
from sphinx.testing.util import SphinxTestApp

CONF = """\
from bookkit.text import citations, lines, numbers, passages, sections

extensions = ["myst_parser", "sphinxcontrib.bibtex"]
source_suffix = {".md": "markdown"}  # Sphinx keeps what another project of the process set
myst_enable_extensions = ["attrs_inline", "dollarmath"]
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "book"
html_theme = "basic"


def setup(app):
    app.add_config_value("bookkit_language", "", "env", str)
    for part in (citations, lines, numbers, passages, sections):
        part.setup(app)
"""
BODIES = {
    "html": ("index.html", '<div class="body"', '<div class="clearer"'),
    "latex": ("projectnamenotset.tex", r"\chapter", r"\renewcommand{\indexname}"),
}


@pytest.fixture
def small_page(tmp_path):
    """Return a function that builds a page of a language without a warning; it gives its body."""
    numbers = itertools.count()

    def build(language, text, bib="", builder="html"):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        for name, content in (("conf.py", CONF), ("index.md", text), ("references.bib", bib)):
            (folder / name).write_text(content, encoding="utf-8")
        settings = {"bookkit_language": language, "bibtex_reference_style": f"book_{language}"}
        with warnings.catch_warnings():
            # the extensions use what a later Sphinx will drop
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            app = SphinxTestApp(builder, srcdir=folder, confoverrides=settings)
            try:
                app.build()
            finally:
                app.cleanup()
        assert app.warning.getvalue() == ""
        name, start, end = BODIES[builder]
        text = (app.outdir / name).read_text(encoding="utf-8")
        return text[text.index(start) : text.index(end)]

    return build
