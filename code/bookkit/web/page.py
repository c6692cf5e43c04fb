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
from bookkit.web.publishing import NOTEBOOK, SCRIPT, copy_of


def add_surroundings(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the templates what stands around a page, and words in its language."""
    language = LANGUAGES[app.config.bookkit_language]
    up = "../" * (pagename.count("/") + 1)  # the way from the page to the languages
    meta = context.get("meta") or {}
    context.update(
        words=language.words,
        subtitle=language.subtitle,
        description=meta.get("description", ""),
        headline=meta.get("title") or context["title"],
        locale=language.locale,
        other_locales=[record.locale for record in LANGUAGES.values() if record is not language],
        languages=[
            {
                "code": record.code,
                "tag": record.tag,
                "name": record.name,
                "current": record is language,
                "address": f"{up}{record.code}/{pagename}.html",
                # hreflang wants whole addresses; a relative one is all there is of an unknown site
                "alternate": f"{app.config.bookkit_site or up}{record.code}/{pagename}.html",
            }
            for record in LANGUAGES.values()
        ],
        books=[
            {
                "format": name,
                "name": language.words["whole book"].format(format=name.upper()),
                "address": f"{up}{publishing.book_file(name, language.code).name}",
            }
            for name in app.config.bookkit_books
        ],
        downloads=[],
        services=[],
        frames=palette.FRAMES,
        site_address=app.config.bookkit_site,
    )
    if doctree is not None and any(doctree.findall(is_code_cell)):
        context["downloads"] = [
            {"name": language.words["notebook"], "address": copy_of(pagename, NOTEBOOK)},
            {"name": language.words["script"], "address": copy_of(pagename, SCRIPT)},
        ]
        if repository := app.config.bookkit_repository:
            context["services"] = publishing.services(repository, language.code, pagename)


class ThemeWords(NullTranslations):
    """Knows what the theme's own translation leaves in English."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Take the words of a language."""
        super().__init__()
        self.words = words

    def gettext(self, message: str) -> str:
        """Translate one text of the theme."""
        return self.words.get(message, message)


def adapt_builder(app: Sphinx) -> None:
    """Have the theme speak the language of the page throughout, and Sphinx write no search index.

    Pagefind's stands in for it, and no page ships two.
    """
    app.translator.add_fallback(ThemeWords(LANGUAGES[app.config.bookkit_language].theme))
    if app.builder.name == "html":
        app.builder.search = False


def visit_folded_code(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Name the fold by its visible words, in the page's language, not by MyST-NB's English."""
    visit_HideCellInput(translator, node)
    named = '<summary aria-label="Toggle hidden content">'
    translator.body[:] = [part.replace(named, "<summary>") for part in translator.body]


def setup(app: Sphinx) -> None:
    """Give pages what templates ask for."""
    app.connect("builder-inited", adapt_builder)
    app.connect("html-page-context", add_surroundings)
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_HideCellInput))
