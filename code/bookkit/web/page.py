"""What a page of the site has around its text: languages, words, downloads, the theme's own."""

from collections.abc import Mapping
from gettext import NullTranslations

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from bookkit import palette
from bookkit.directives.figures import is_code_cell
from bookkit.languages import LANGUAGES
from bookkit.web import publishing


def add_languages(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates the address of this page in each language, relative to the page."""
    up = "../" * (pagename.count("/") + 1)
    base = app.config.bookkit_site
    context["languages"] = [
        {
            "code": code,
            "tag": record.tag,
            "name": record.name,
            "current": code == app.config.bookkit_language,
            "address": f"{up}{code}/{pagename}.html",
            # hreflang wants whole addresses; without a known site a relative one is all there is
            "alternate": f"{base or up}{code}/{pagename}.html",
        }
        for code, record in LANGUAGES.items()
    ]


def add_words(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates what the build says in the page's language, and what the page is about."""
    language = LANGUAGES[app.config.bookkit_language]
    context["words"], context["locale"] = language.words, language.locale
    locales = (record.locale for record in LANGUAGES.values())
    context["other_locales"] = [locale for locale in locales if locale != language.locale]
    meta = context.get("meta") or {}
    context["frames"], context["site_address"] = palette.FRAMES, app.config.bookkit_site
    context["subtitle"] = language.subtitle
    context["description"] = meta.get("description", "")
    context["headline"] = meta.get("title") or context["title"]


def add_downloads(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates what a reader can take along, and where the page's notebook opens."""
    up = "../" * pagename.count("/")
    language = app.config.bookkit_language
    words = LANGUAGES[language].words
    context["downloads"], context["services"] = [], []
    if doctree is not None and any(doctree.findall(is_code_cell)):
        context["downloads"] = [
            {"name": words[name], "address": publishing.copy_of(pagename, suffix)}
            for name, suffix in (
                ("notebook", publishing.NOTEBOOK),
                ("script", publishing.SCRIPT),
            )
        ]
        if app.config.bookkit_repository:
            context["services"] = publishing.services(
                app.config.bookkit_repository, language, pagename
            )
    context["books"] = [
        {
            "format": name,
            "name": words["whole book"].format(format=name.upper()),
            "address": f"{up}../{publishing.book_file(name, language).name}",
        }
        for name in app.config.bookkit_books
    ]


class ThemeWords(NullTranslations):
    """Knows what the theme's own translation leaves in English."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Take the words of a language."""
        super().__init__()
        self.words = words

    def gettext(self, message: str) -> str:
        """Translate one text of the theme."""
        return self.words.get(message, message)


def complete_theme(app: Sphinx) -> None:
    """Have the theme speak the language of the page throughout."""
    app.translator.add_fallback(ThemeWords(LANGUAGES[app.config.bookkit_language].theme))


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
