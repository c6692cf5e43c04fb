"""One style sheet and one script for all pages of a language, with the rules that pages use.

Sphinx, the theme and its extensions bring ten style sheets and a dozen scripts. A browser asks for
each, and reads half a megabyte of rules for parts that the book does not have, before it shows the
first line. The icons of the theme are rules too, in place of a script with all two thousand.

Rules and variables for what no page has are left out; `ABSENT` names parts of the theme that
scripts mention and no page shows. A file that a new version of Sphinx or of the theme adds stops
the build until it is named here. `tests/book/test_first_view.py` holds the limits.
"""

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from bookkit import languages, palette
from bookkit.languages import LANGUAGES, Language
from bookkit.web import messages

# In the order in which they apply, below `_static`.
STYLES = (
    "basic.css", "styles/pydata-sphinx-theme.css", "pygments.css", "styles/sphinx-book-theme.css",
    "mystnb.*.css", "copybutton.css", "sphinx-design.min.css", "type.css", "book.css",
    "diagram.css", "messages.css", "search.css", "live-panel.css", "programs.css",
    "live-boxes.css", "first-page.css",
)  # fmt: skip
SCRIPTS = (
    "documentation_options.js", "scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js", "clipboard.min.js", "copybutton.js",
    "language.js", "messages.js", "print.js", "search.js", "keyboard.js", "live.js",
    "programs.js", "snippets.js",
)  # fmt: skip
# What only asks for `basic.css`; all icons, of which `ICONS` has the few that pages show; what
# serves Sphinx's index, its search, and tabs, which the book does not have.
UNUSED = (
    "styles/theme.css", "scripts/fontawesome.js", "doctools.js", "translations.js",
    "sphinx_highlight.js", "searchtools.js", "language_data.js", "design-tabs.js",
)  # fmt: skip
KEPT = ("pygments.css",)  # the pages of tests use it by itself
STYLE_SHEET, SCRIPT = "bundle.css", "bundle.js"
LIVE = "live"  # the folder of scripts that `live.js` loads
VERSION = re.compile(rf"({re.escape(STYLE_SHEET)}|{re.escape(SCRIPT)})\?v=\w+")
ATTRIBUTE = re.compile(r'\b(?:class|id)="([^"]*)"')
NAME = re.compile(r"-?[A-Za-z_][\w-]*")
SOURCE_MAP = re.compile(r"(?m)^/[/*]# sourceMappingURL=.*$")
# Enough of CSS to take these style sheets apart: comments, `url(...)`, rules without braces within,
# selectors and their names outside brackets. No string in them has a brace or a comment.
LICENCE, COMMENT = (re.compile(rf"/\*{mark}.*?\*/", re.DOTALL) for mark in ("!", ""))
CHARSET, IMPORT = re.compile(r"@charset[^;]*;"), re.compile(r"@import[^;]*;")
ADDRESS = re.compile(r"""(\burl\(\s*["']?)(?![a-z]+:|/|#)([^"')]+)""")
RULE, EMPTY = re.compile(r"([^{};]+)\{([^{}]*)\}"), re.compile(r"[^{};]+\{\s*\}\n?")
BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[[^]]*\]")
SELECTOR = re.compile(rf"(?:[^,(\[]|{BRACKETS.pattern})+")
NAMED = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
OF_LANGUAGE = re.compile(r"html:lang\(([\w, -]+)\)")
# Variables: where they get a value, where they are read, and their names in a page or a script.
VALUE = r"""(?:"[^"]*"|'[^']*'|[^;{}"'])*"""
VARIABLE = re.compile(rf"(?<=[{{;])\s*(--[A-Za-z][\w-]*)\s*:{VALUE}(?:;|(?=\}}))")
READ = re.compile(r"var\(\s*(--[A-Za-z][\w-]*)")
VARIABLE_NAME = re.compile(r"--[A-Za-z][\w-]*")
# Parts that the theme's scripts can bring to life, and no page has: their words in a script are no
# reason to keep the rules.
ABSENT = re.compile(r"(alert|carousel|list-group|modal|offcanvas|popover|sidebar|toast)(-|$)")

# What the theme's templates show on our pages; a test looks for others in the built site.
ICONS = (
    "angle-left", "angle-right", "arrow-up", "bars", "chevron-down", "circle-half-stroke",
    "download", "file-lines", "home", "list", "magnifying-glass", "moon", "sun", "xmark",
)  # fmt: skip
# Old names in the theme's templates, for which its script holds the new ones.
ICON_ALIASES = {"home": "house"}
ICON_SHAPES = "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
ICON_NOTICE = (
    "/*! Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0, Copyright Fonticons, Inc. */"
)
ICON_RULES = """
.fa-solid { display: inline-block; font-family: inherit; }
.fa-solid::before {
  content: ""; display: block; width: 1em; height: 1em; background: currentColor;
  mask: var(--icon) center / contain no-repeat; margin: auto; vertical-align: -0.125em;
}
.fa-fw { width: 1.25em; }
.fa-lg { font-size: 1.25em; line-height: 0.05em; vertical-align: -0.075em; }
"""


def use(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Have a page load the bundle alone; a file that it does not hold is an error."""
    if app.builder.name != "html":
        return
    for key, known in (("css_files", STYLES), ("script_files", (*SCRIPTS, *UNUSED))):
        # Without a name it is a script within the page: what the theme's search and its switcher of
        # versions want to know, which the book replaces or lacks.
        for file in filter(None, (each.filename for each in context[key])):
            if not any(Path(file).match(f"_static/{name}") for name in known):
                raise ExtensionError(
                    f"{pagename} loads {file}, which the bundle does not hold; "
                    "name it in bookkit/web/bundle.py"
                )
        context[key] = []


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the bundle of a finished site, and take out what it stands in for."""
    if exception is not None or app.builder.name != "html":
        return
    static, language = Path(app.outdir, "_static"), LANGUAGES[app.config.bookkit_language]
    paths = (path for path in Path(app.outdir).rglob("*.html") if not path.is_relative_to(static))
    pages = {path: path.read_text(encoding="utf-8") for path in paths}
    script = "".join(f"{_text(path)}\n;\n" for path in _files(static, SCRIPTS))
    # What a live figure draws is in no page: its script names the classes.
    live = "".join(path.read_text(encoding="utf-8") for path in sorted(static.glob(f"{LIVE}/*.js")))
    used = Used(script + live, pages.values(), language.tag)
    style = "".join(
        style_sheet(
            languages.name_in_style(_text(path)), path.parent.relative_to(static).as_posix(), used
        )
        for path in _files(static, STYLES)
    )
    records = record_for_scripts(language) + messages.record_for_scripts()
    style = palette.rules() + font_rules(language) + style + icon_rules()
    files = {
        STYLE_SHEET: without_variables(style, used),
        # `live.js` asks for the scripts of live figures by their version.
        SCRIPT: f'{records}const liveVersion = "{_version(live)}";\n{script}',
    }
    for name, text in files.items():
        (static / name).write_text(text, encoding="utf-8")
    versions = {name: _version(text) for name, text in files.items()}
    for path, text in pages.items():
        named = VERSION.sub(lambda match: f"{match[1]}?v={versions[match[1]]}", text)
        if named != text:
            path.write_text(named, encoding="utf-8")
    for name in {*STYLES, *SCRIPTS, *UNUSED} - {*KEPT}:
        for path in [*static.glob(name), *static.glob(f"{name}.map")]:
            path.unlink()


def font_rules(language: Language) -> str:
    """Return the families in which a language is read."""
    fonts = language.fonts
    return f"html {{ --book-serif: {fonts.serif}; --book-sans: {fonts.sans}; }}\n"


def record_for_scripts(language: Language) -> str:
    """Hand a language over to the scripts."""
    search = {"characters": languages.characters(), "ending": languages.ending()}
    record = {"code": language.code, "spaced": language.spaced, **search, **language.browser}
    return f"const bookLanguage = {json.dumps(record, ensure_ascii=False)};\n"


def _files(static: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        found = list(static.glob(name))
        if len(found) != 1:
            raise ExtensionError(
                f"the bundle needs one file _static/{name}, found {len(found)}; "
                "see the names in bookkit/web/bundle.py"
            )
        yield found[0]


def _text(path: Path) -> str:
    return SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))


def _version(text: str) -> str:
    """Return what an address ends with, so that browsers that know an older file fetch this one."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class Used:
    """The classes, ids and variables of a site: those in its pages, and any word of its script."""

    def __init__(self, script: str, pages: Iterable[str], tag: str) -> None:
        """Read them; the tag is that of the language of the pages."""
        self.tag = tag
        self.names = {name for name in NAME.findall(script) if not ABSENT.match(name)}
        # "bs-tooltip-" is the beginning of names that the script completes.
        self.beginnings = tuple(name for name in self.names if len(name) > 2 and name[-1] == "-")
        self.variables = set(VARIABLE_NAME.findall(script))
        for page in pages:
            self.variables.update(VARIABLE_NAME.findall(page))
            for value in ATTRIBUTE.findall(page):
                self.names.update(value.split())

    def __contains__(self, name: str) -> bool:
        """Whether an element may have the name."""
        return name in self.names or name.startswith(self.beginnings)

    def speaks(self, selector: str) -> bool:
        """Whether a selector is about pages in this language, or in any."""
        meant = [tuple(tags.split(", ")) for tags in OF_LANGUAGE.findall(selector)]
        return all(self.tag.startswith(tags) for tags in meant)


def without_variables(style: str, used: Used) -> str:
    """Leave out the variables that nothing reads: every element of a page inherits them."""

    def kept(match: re.Match) -> str:
        return match[0] if match[1] in read else ""

    before = ""
    while style != before:  # what only an unread one read is unread itself
        before, read = style, used.variables | set(READ.findall(style))
        style = EMPTY.sub("", VARIABLE.sub(kept, style))
    return style


def style_sheet(text: str, folder: str, used: Used) -> str:
    """Return a style sheet without the rules for classes and ids that no page has.

    Args:
        text: the style sheet.
        folder: where it lies below the folder of the result, `.` if there; addresses are relative.
        used: the names that occur.
    """
    licences, rules = LICENCE.findall(text), COMMENT.sub("", text)
    if rules.count("{") != rules.count("}"):
        raise ExtensionError("a style sheet of the bundle cannot be read: its braces do not match")
    if imported := IMPORT.search(rules):
        raise ExtensionError(f"within the bundle browsers ignore {imported[0]}")
    rules = ADDRESS.sub(
        lambda match: match[1] + posixpath.normpath(posixpath.join(folder, match[2])), rules
    )
    rules = RULE.sub(lambda match: _rule(match[1], match[2], used), CHARSET.sub("", rules))
    while EMPTY.search(rules):  # what held empty rules alone is empty then
        rules = EMPTY.sub("", rules)
    return "\n".join([*licences, rules])


def _rule(selectors: str, content: str, used: Used) -> str:
    """Return a rule for those of its selectors whose classes and ids outside brackets all occur."""
    if "(" in BRACKETS.sub("", selectors):
        raise ExtensionError(f"brackets nest deeper than the bundle reads: {selectors.strip()}")
    applying = [
        selector.strip()
        for selector in SELECTOR.findall(selectors)
        if used.speaks(selector)
        and all(name in used for name in NAMED.findall(BRACKETS.sub("", selector)))
    ]
    return f"{','.join(applying)}{{{content.strip()}}}\n" if applying else ""


def icon_rules() -> str:
    """Return the rules for every icon, drawn as the theme's own copy has it."""
    script = resources.files("pydata_sphinx_theme").joinpath(ICON_SHAPES).read_text("utf-8")
    icons = "".join(f'.fa-{name} {{ --icon: url("{_icon(script, name)}"); }}\n' for name in ICONS)
    return f"{ICON_NOTICE}\n{ICON_RULES.strip()}\n{icons}"


def _icon(script: str, name: str) -> str:
    # solid icons come last in the script, after the brands and the outlined ones
    shape = rf'[{{,]"?{ICON_ALIASES.get(name, name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]*)"\]'
    found = re.findall(shape, script)
    if not found:
        raise ExtensionError(f"the theme's fontawesome.js has no icon {name!r}")
    width, height, path = found[-1]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return "data:image/svg+xml," + quote(f"{svg}<path d='{path}'/></svg>", safe=" ='/:,()")


def setup(app: Sphinx) -> None:
    """Register the bundle; the theme still writes style sheets when the build has finished."""
    app.connect("html-page-context", use, priority=900)
    app.connect("build-finished", write, priority=900)
