"""What a page of the site has around its text: languages, words, downloads, the theme's own."""

from gettext import NullTranslations

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from bookkit.directives.figures import is_code_cell
from bookkit.languages import LANGUAGE_NAMES, LOCALES, THEME_WORDS, WORDS
from bookkit.paths import LANGUAGE_TAGS, LANGUAGES
from bookkit.web import publishing


def add_languages(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates the address of this page in each language, relative to the page."""
    up = "../" * (pagename.count("/") + 1)
    base = app.config.bookkit_site
    context["languages"] = [
        {
            "code": language,
            "tag": LANGUAGE_TAGS[language],
            "name": LANGUAGE_NAMES[language],
            "current": language == app.config.bookkit_language,
            "address": f"{up}{language}/{pagename}.html",
            # hreflang wants whole addresses; without a known site a relative one is all there is
            "alternate": f"{base or up}{language}/{pagename}.html",
        }
        for language in LANGUAGES
    ]


def add_words(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates what the build says in the page's language, and what the page is about."""
    context["words"] = WORDS[app.config.bookkit_language]
    context["locale"], *context["other_locales"] = sorted(
        LOCALES.values(), key=lambda locale: locale != LOCALES[app.config.bookkit_language]
    )
    meta = context.get("meta") or {}
    context["description"] = meta.get("description", "")
    context["headline"] = meta.get("title") or context["title"]


def add_downloads(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates what a reader can take along, and where the page's notebook opens."""
    up = "../" * pagename.count("/")
    words, language = WORDS[app.config.bookkit_language], app.config.bookkit_language
    context["downloads"], context["services"] = [], []
    if doctree is not None and any(doctree.findall(is_code_cell)):
        context["downloads"] = [
            {"name": words[name], "address": f"{up}notebooks/{pagename}{suffix}"}
            for name, suffix in (("notebook", ".ipynb"), ("script", ".py"))
        ]
        if app.config.bookkit_repository:
            context["services"] = publishing.services(
                app.config.bookkit_repository, language, pagename
            )
    context["downloads"] += [
        {
            "name": words["whole book"].format(format=name.upper()),
            "address": f"{up}../{publishing.book_file(name, language).name}",
        }
        for name in app.config.bookkit_books
    ]


class ThemeWords(NullTranslations):
    """Knows what the theme's own Chinese translation leaves in English."""

    def gettext(self, message: str) -> str:
        """Translate one text of the theme."""
        return THEME_WORDS.get(message, message)


def complete_theme(app: Sphinx) -> None:
    """Have the theme speak Chinese throughout on Chinese pages."""
    if app.config.bookkit_language == "zh":
        app.translator.add_fallback(ThemeWords())


def visit_folded_code(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Name the fold by its visible words, in the page's language, not by MyST-NB's English."""
    visit_HideCellInput(translator, node)
    named = '<summary aria-label="Toggle hidden content">'
    translator.body[:] = [part.replace(named, "<summary>") for part in translator.body]


def drop_own_search(app: Sphinx) -> None:
    """Write no index of Sphinx's: Pagefind's stands in for it, and no page ships two."""
    if app.builder.name == "html":
        app.builder.search = False


def setup(app: Sphinx) -> None:
    """Give pages what templates ask for."""
    app.connect("builder-inited", drop_own_search)
    app.connect("builder-inited", complete_theme)
    app.connect("html-page-context", add_languages)
    app.connect("html-page-context", add_words)
    app.connect("html-page-context", add_downloads)
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_HideCellInput))
