"""Sphinx configuration of both languages: settings only. `BOOK_LANGUAGE` chooses zh or en."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "code"))

import matplotlib

import kerasbook
from bookkit import paths
from bookkit.directives import provenance
from bookkit.formats import epub
from bookkit.formats.all import FORMATS, books_made
from bookkit.pages import reader
from bookkit.running import cache
from bookkit.web import publishing

language_code = os.environ.get("BOOK_LANGUAGE", "en")
language = paths.SPHINX_LANGUAGES[language_code]
bookkit_language = language_code
bookkit_data = {page: cache.describe(view) for page, view in cache.views().items()}
bookkit_site = publishing.site()
bookkit_repository = publishing.repository()
bookkit_books = books_made(language_code)

TITLES = {
    "zh": "Keras 中的机器学习：回顾与展望",
    "en": "Machine Learning in Keras: Review and Outlook",
}
project = TITLES[language_code]
author = {"zh": "本书作者", "en": "The authors of this book"}[language_code]
LICENSES = {"zh": "文字 CC BY-SA 4.0，代码 Apache-2.0", "en": "text CC BY-SA 4.0, code Apache-2.0"}
copyright = f"2026 {author} · {LICENSES[language_code]}"
release = version = kerasbook.__version__

extensions = [
    "myst_nb",
    "sphinx_book_theme",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "bookkit.extension",
]
nitpicky = True
numfig = True
numfig_secnum_depth = 0
templates_path = ["book/_templates"]
html_baseurl = f"{bookkit_site}{language_code}/" if bookkit_site else ""

# MyST and MyST-NB: our reader expands the includes, our executor has filled the cache.
myst_enable_extensions = list(reader.MYST_EXTENSIONS)
nb_custom_formats = {".md": "bookkit.pages.reader.read_text"}
nb_execution_mode = "cache"
nb_execution_cache_path = str(cache.folder_of(cache.Environment.here()))
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 3600
nb_merge_streams = True
# MyST-NB's own words are English, and its placeholder `{type}` too: the book folds code only.
nb_code_prompt_show = {"zh": "显示代码", "en": "Show the code"}[language_code]
nb_code_prompt_hide = {"zh": "收起代码", "en": "Hide the code"}[language_code]
BUILDERS = {builder for each in FORMATS.values() for builder in each.builders}
nb_mime_priority_overrides = [
    (builder, mime, priority)
    for builder in sorted(BUILDERS - {"html", "latex"})  # MyST-NB knows what these two show
    for priority, mime in enumerate(
        ["image/svg+xml", "image/png", "image/jpeg", "text/html", "text/latex", "text/plain"]
    )
]

bibtex_bibfiles = ["book/references.bib"]
bibtex_default_style = "book"
bibtex_reference_style = {"zh": "author_year_chinese", "en": "author_year"}[language_code]

# HTML: nothing that a page loads comes from another host.
html_theme = "sphinx_book_theme"
html_title = project
html_math_renderer = "mathml"
html_static_path = ["book/_static"]
html_css_files = ["book.css"]
html_js_files = ["language.js", "print.js", "search.js", "keyboard.js"]  # all deferred: see bundle
html_copy_source = False
html_use_index = False  # the glossary is the index; Sphinx would write an empty page
html_context = {"default_mode": "auto"}  # unset, the theme complains in the console
html_show_sphinx = False
html_theme_options = {
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "shorten_urls": False,  # ten pages of releases would all read "keras-team/keras"
    "home_page_in_toc": True,
    "show_navbar_depth": 2,
    "show_toc_level": 2,
    "toc_title": {"zh": "本页内容", "en": "On this page"}[language_code],
    "search_bar_text": {"zh": "搜索", "en": "Search"}[language_code] + "…",
    "logo": {"text": project},
    "footer_content_items": ["book-footer.html"],
}
copybutton_selector = "div.cell_input pre, div.highlight-console pre, div.highlight-ps1con pre"
copybutton_prompt_text = r"\$ |PS> "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True

# PDF: XeLaTeX, designed in book/_templates/latex/bookdesign.sty.
latex_engine = "xelatex"
latex_documents = [("index", f"keras-book-{language_code}.tex", project, author, "manual", False)]
latex_additional_files = [str(paths.BOOK / "_templates" / "latex" / "bookdesign.sty")]
pygments_style = "a11y-high-contrast-light"  # in print; the theme names its own two
commit, day = provenance.edition()
(other_title,) = (title for code, title in TITLES.items() if code != language_code)
TITLE_PAGE = {
    # `\\` breaks the title where its halves meet.
    "booktitle": TITLES[language_code].replace("：", "：\\\\").replace(": ", ":\\\\"),
    "bookothertitle": other_title,
    "bookdescription": {
        "zh": "每段代码都在成书时运行过，复制即可用；"
        "实测的数字来自这次构建，或来自随书保存的参考运行。",
        "en": "Every snippet ran while this book was built, exactly as you copy it. "
        "What is measured comes from this build or from a reference run kept with the book.",
    }[language_code],
    "bookedition": {"zh": f"{day} 版，提交 {commit}", "en": f"Edition of {day}, commit {commit}"}[
        language_code
    ],
    "booklicense": f"© 2026 {author} · {LICENSES[language_code]}",
}
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf").as_posix()  # has DejaVu Sans Mono
latex_elements = {
    "papersize": "a4paper",
    "classoptions": ",oneside,openany",
    "sphinxsetup": "hmargin={2.6cm,2.6cm}, vmargin={2.6cm,2.8cm}, TitleColor={HTML}{1B2A36}, "
    "InnerLinkColor={HTML}{00588A}, OuterLinkColor={HTML}{00588A}",
    "fontenc": r"\usepackage{xeCJK}",
    "fontpkg": "",
    "fncychap": "",
    "figure_align": "htbp",
    "fvset": r"\fvset{fontsize=\footnotesize,formatcom=\xeCJKVerbAddon}",
    "preamble": rf"\newcommand*\bookfonts{{{FONTS}/}}\usepackage[{language_code}]{{bookdesign}}"
    + "".join(rf"\newcommand*\{name}{{{text}}}" for name, text in TITLE_PAGE.items()),
    "maketitle": r"\bookmaketitle",
    "makeindex": "",
    "printindex": "",
}
latex_domain_indices = False
# EPUB: see `bookkit.formats.epub`.
epub_basename = f"keras-book-{language_code}"
epub_title = project
epub_language = paths.LANGUAGE_TAGS[language_code]
epub_description = TITLE_PAGE["bookdescription"]
epub_publisher = author
epub_identifier = epub_uid = epub_basename  # both package files must name the same
epub_cover = (epub.COVER, "epub-cover.html")
epub_css_files = ["reader.css"]
epub_show_urls = "no"
epub_use_index = False
epub_tocdepth = 2
epub_tocdup = False
epub_contributor = author
epub_tocscope = "includehidden"
# Sphinx keeps notes of its own beside the pages (.buildinfo, .nojekyll), which do not travel.
suppress_warnings = ["epub.unknown_project_files"]
