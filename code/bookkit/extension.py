"""The Sphinx extension of the book: reading, section ids, language switcher, and what they need."""

import hashlib
import re
from gettext import NullTranslations
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxTranslator

from bookkit import directives
from bookkit.formats import epub, notebook, pdf
from bookkit.pages import reader
from bookkit.paths import BUILD, LANGUAGE_TAGS, LANGUAGES
from bookkit.text import citations, numbers, passages
from bookkit.web import assemble, bundle, images, listings, mathml, publishing
from bookkit.words import THEME_WORDS, WORDS

ARTICLE_LABEL = re.compile(r"^sec-([1-4])((?:-\d+)+)$")
FULL_WIDTH = r"\u3001-\u3011\uff01-\uff5e\u201c\u201d\u2014\u2026"
CHINESE = passages.CHARACTERS
LINE_BREAK = re.compile(
    rf"(?<=[{FULL_WIDTH}])\n|\n(?=[{FULL_WIDTH}])|(?<=[{CHINESE}])\n(?=[{CHINESE}])"
)
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
# Folders of the kit: no page looks different after a change there.
RENDERS_NOTHING = {"checks", "data"}
LOCALES = {"zh": "zh_CN", "en": "en_US"}  # as Open Graph spells them


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


class ExplicitIds(SphinxTransform):
    """Give each section its label as its only id.

    Slugs of headings differ between the languages, and Chinese ones are mere counters; labels are
    equal. So links that readers copy last, and the switcher can stay on the section.
    """

    default_priority = 990

    def apply(self, **kwargs: object) -> None:
        """Drop the slugs of sections that have a label."""
        for section in self.document.findall(nodes.section):
            names = section["names"]
            explicit = [
                self.document.nameids[name]
                for name in names
                if self.document.nametypes.get(name) and self.document.nameids.get(name)
            ]
            if explicit:
                section["ids"] = explicit


class JoinChineseLines(SphinxTransform):
    """Drop the line break between Chinese characters, which browsers would show as a space.

    Sources break lines after sentences; a break beside full-width punctuation, or between two
    Chinese characters, is no space. One between Chinese and Latin is.
    """

    default_priority = 400

    def apply(self, **kwargs: object) -> None:
        """Rewrite the running text of a Chinese page."""
        if self.config.bookkit_language != "zh":
            return
        for text in list(self.document.findall(nodes.Text)):
            if "\n" not in text or isinstance(text.parent, nodes.FixedTextElement):
                continue
            # MyST makes the break a node of its own: its neighbors hold the characters around it,
            # with empty texts between. By identity: `index` compares text, so that a break that
            # stays would stand for all later ones.
            nodes_around = text.parent.children
            at = next(i for i, node in enumerate(nodes_around) if node is text)
            before = "".join(node.astext() for node in nodes_around[:at])[-1:]
            after = "".join(node.astext() for node in nodes_around[at + 1 :])[:1]
            joined = LINE_BREAK.sub("", f"{before}{text}{after}")
            joined = joined[len(before) : len(joined) - len(after)]
            if joined != text:
                text.parent[at] = nodes.Text(joined)


def mark_article_sections(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Show the article's own number beside a heading that answers to it."""
    for section in doctree.findall(nodes.section):
        for label in section["ids"]:
            if match := ARTICLE_LABEL.match(label):
                number = f"§{match.group(1)}{match.group(2).replace('-', '.')}"
                badge = nodes.inline("", number, classes=["article-section"])
                if app.builder.format == "latex":
                    badge = nodes.raw("", rf"\booksection{{{number}}}", format="latex")
                section[0] += [nodes.Text(" "), badge]
                break


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
    if doctree is not None and any(doctree.findall(directives.is_code_cell)):
        context["downloads"] = [
            {"name": words[name], "address": f"{up}notebooks/{pagename}{suffix}"}
            for name, suffix in (("notebook", ".ipynb"), ("script", ".py"))
        ]
        if app.config.bookkit_repository:
            context["services"] = publishing.services(
                app.config.bookkit_repository, language, pagename
            )
    context["downloads"] += [
        {"name": words[target], "address": f"{up}../{assemble.book_file(target, language).name}"}
        for target in app.config.bookkit_books
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


def visit_folded_code(translator: SphinxTranslator, node: HideCodeCellNode) -> None:
    """Name the fold by its visible words, in the page's language, not by MyST-NB's English."""
    visit_HideCellInput(translator, node)
    named = '<summary aria-label="Toggle hidden content">'
    translator.body[:] = [part.replace(named, "<summary>") for part in translator.body]


def drop_own_search(app: Sphinx) -> None:
    """Write no index of Sphinx's: Pagefind's stands in for it, and no page ships two."""
    if app.builder.name == "html":
        app.builder.search = False


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
    app.connect("builder-inited", drop_own_search)
    app.connect("builder-inited", complete_theme)
    app.connect("source-read", start_reading)
    app.connect("doctree-read", note_includes)
    app.connect("doctree-resolved", mark_article_sections)
    app.connect("env-updated", rewrite_bibliographies)
    app.connect("html-page-context", add_languages)
    app.connect("html-page-context", add_words)
    app.connect("html-page-context", add_downloads)
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_HideCellInput))
    app.add_transform(ExplicitIds)
    app.add_transform(JoinChineseLines)
    for part in (
        directives, listings, mathml, numbers, images, notebook, passages, pdf, epub,
        citations, bundle,
    ):  # fmt: skip
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
