"""Sphinx configuration of all languages: settings only. `BOOK_LANGUAGE` chooses the record."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "code"))

import kerasbook
from bookkit import languages, paths
from bookkit.formats import epub, pdf
from bookkit.formats.all import FORMATS
from bookkit.pages import reader
from bookkit.running import cache, execute
from bookkit.web import publishing

bookkit_language = os.environ.get("BOOK_LANGUAGE", languages.FALLBACK)
record = languages.LANGUAGES[bookkit_language]
language = record.sphinx
bookkit_data = {page: cache.describe(view) for page, view in cache.views().items()}
bookkit_partial = bool(os.environ.get("BOOK_PARTIAL"))
bookkit_site, bookkit_repository = publishing.site(), publishing.repository()
bookkit_books = [name for name, each in FORMATS.items() if each.whole]

project = record.full_title
author, copyright = record.author, record.copyright
release = version = kerasbook.__version__

extensions = [
    "myst_nb", "sphinx_book_theme", "sphinx_copybutton", "sphinx_design", "sphinxcontrib.bibtex",
    "bookkit.extension",
]  # fmt: skip
nitpicky = numfig = True
numfig_secnum_depth = 0
templates_path = ["book/_templates"]
html_baseurl = f"{bookkit_site}{bookkit_language}/" if bookkit_site else ""

# MyST and MyST-NB: our reader expands the includes, our executor has filled the cache.
myst_enable_extensions = list(reader.MYST_EXTENSIONS)
nb_custom_formats = {".md": "bookkit.pages.reader.read_text"}
nb_execution_mode = "cache"
nb_execution_cache_path = str(cache.folder_of(cache.Environment.here()))
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = execute.TIMEOUT_S
nb_merge_streams = True
# MyST-NB's own words are English, and its placeholder `{type}` too: the book folds code only.
nb_code_prompt_show = record.words["show code"]
nb_code_prompt_hide = record.words["hide code"]
BUILDERS = {builder for each in FORMATS.values() for builder in each.builders}
STILL = ["image/svg+xml", "image/png", "image/jpeg", "text/html", "text/latex", "text/plain"]
nb_mime_priority_overrides = [
    (builder, mime, place)
    for builder in sorted(BUILDERS - {"html", "latex"})  # MyST-NB knows what these two show
    for place, mime in enumerate(STILL)
]

bibtex_bibfiles = ["book/references.bib"]
bibtex_default_style = "book"
bibtex_reference_style = f"book_{bookkit_language}"

# HTML: nothing that a page loads comes from another host.
html_theme = "sphinx_book_theme"
html_title = project
html_math_renderer = "mathml"
html_static_path = ["book/_static"]
html_css_files = ["book.css", "diagram.css"]
html_js_files = ["language.js", "print.js", "search.js", "keyboard.js"]  # all deferred: see bundle
html_copy_source = html_show_sphinx = False
html_use_index = False  # the glossary is the index; Sphinx would write an empty page
html_context = {"default_mode": "auto"}  # unset, the theme complains in the console
html_theme_options = {
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "shorten_urls": False,  # ten pages of releases would all read "keras-team/keras"
    "home_page_in_toc": True,
    "show_navbar_depth": 2,
    "show_toc_level": 2,
    "toc_title": record.words["on this page"],
    "search_bar_text": record.words["search"] + "…",
    "footer_content_items": ["book-footer.html"],
}
copybutton_selector = "div.cell_input pre, div.highlight-console pre, div.highlight-ps1con pre"
copybutton_prompt_text = r"\$ |PS> "
copybutton_prompt_is_regexp = True

# PDF: XeLaTeX, designed in book/_templates/latex/bookdesign.sty.
latex_engine = "xelatex"
latex_use_xindy = False  # upmendex sorts, see `bookkit.formats.pdf`
latex_documents = [
    ("index", f"keras-book-{bookkit_language}.tex", project, author, "manual", False)
]
latex_additional_files = [str(paths.BOOK / "_templates" / "latex" / "bookdesign.sty")]
pygments_style = "a11y-high-contrast-light"  # in print; the theme names its own two
latex_elements = {
    "papersize": "a4paper",
    "classoptions": ",oneside,openany",
    "sphinxsetup": "hmargin={2.4cm,2.4cm}, vmargin={2.3cm,2.4cm}",
    "fontenc": r"\usepackage{xeCJK}",
    "fvset": r"\fvset{fontsize=\footnotesize,formatcom=\xeCJKVerbAddon}",
    "preamble": pdf.preamble(record),
    "maketitle": r"\bookmaketitle",
    **dict.fromkeys(("fontpkg", "fncychap"), ""),
}

# EPUB: see `bookkit.formats.epub`.
epub_basename = f"keras-book-{bookkit_language}"
epub_language = record.tag
epub_description = record.description
epub_identifier = epub_uid = epub_basename  # both package files must name the same
epub_cover = (epub.COVER, "epub-cover.html")
epub_css_files = ["reader.css"]
epub_show_urls = "no"
epub_tocdepth = 2
epub_tocdup = epub_use_index = False
epub_contributor = author
epub_tocscope = "includehidden"
# Sphinx keeps notes of its own beside the pages (.buildinfo, .nojekyll), which do not travel.
suppress_warnings = ["epub.unknown_project_files"]
