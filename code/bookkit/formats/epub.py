"""EPUB as reading systems want it: valid, without scripts, and with what a page holds declared."""

import re
import shutil
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from docutils import nodes
from pygments.formatters import HtmlFormatter
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder, NavPoint

from bookkit import languages, palette
from bookkit.languages import LANGUAGES

COVER = "_static/cover.png"
DARK = "a11y-high-contrast-dark"  # of code where the reader's page is dark
STYLES = ("pygments.css", "reader.css")
ITEM = re.compile(r'<item (?P<rest>[^>]*href="(?P<href>[^"]+\.xhtml)"[^>]*?) ?/>')
# Icons of folded answers, which lack the namespace that XML needs; and links to files that only
# the site has.
ICON = re.compile(r'<svg[^>]* class="sd-octicon.*?</svg>', re.DOTALL)
SITE_FILE = re.compile(
    r'<a [^>]*href="[./]*(?:sample-data\.zip|tests/[^"]*)"[^>]*>(?P<text>.*?)</a>'
)


class BookEpub(Epub3Builder):
    """Sphinx's builder with one style sheet, a cover, no script, languages and properties."""

    def init(self) -> None:
        """Say the language where screen readers and dictionaries look for it."""
        super().init()
        language = LANGUAGES[self.config.bookkit_language]
        words, tag = language.words, language.tag
        self.guide_titles |= {"toc": words["contents"], "cover": words["cover"]}
        self.html_tag = self.html_tag.replace(">", f' lang="{tag}" xml:lang="{tag}">')

    def copy_static_files(self) -> None:
        """Keep the style sheets of `STYLES`: the site's styles and scripts mean nothing here."""
        super().copy_static_files()
        for path in Path(self.outdir, "_static").rglob("*"):
            if path.is_file() and path.name not in STYLES:
                path.unlink()
        shutil.copyfile(Path(self.srcdir, "cover.png"), Path(self.outdir, COVER))
        code = Path(self.outdir, "_static", "pygments.css")
        dark = HtmlFormatter(style=DARK).get_style_defs(".highlight")
        with code.open("a", encoding="utf-8") as styles:
            styles.write(f"\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n")
        style = Path(self.outdir, "_static", "reader.css")
        text = languages.name_in_style(style.read_text(encoding="utf-8"))
        style.write_text(palette.filled(text), encoding="utf-8")

    def build_content(self) -> None:
        """Mend the pages, and say in `content.opf` which hold mathematics."""
        for page in Path(self.outdir).rglob("*.xhtml"):
            text = ICON.sub("", page.read_text(encoding="utf-8"))
            page.write_text(SITE_FILE.sub(r"\g<text>", text), encoding="utf-8")
        # Sphinx would list the cover of the build before as a page, too.
        Path(self.outdir, self.coverpage_name).unlink(missing_ok=True)
        super().build_content()
        package = Path(self.outdir, "content.opf")
        text = package.read_text(encoding="utf-8")
        picture = f'href="{COVER}"'
        text = text.replace(picture, f'{picture} properties="cover-image"')
        package.write_text(ITEM.sub(self._declare, text), encoding="utf-8")

    def build_epub(self) -> None:
        """Pack the files without their times and modes: the same bytes for the same content."""
        folder = Path(self.outdir)
        names = ["META-INF/container.xml", "content.opf", "toc.ncx", *self.files]
        with ZipFile(folder / f"{self.config.epub_basename}.epub", "w", ZIP_DEFLATED) as archive:
            # Reading systems look for the first file where it stands in the clear.
            archive.writestr(ZipInfo("mimetype"), (folder / "mimetype").read_bytes(), ZIP_STORED)
            for name in names:
                archive.writestr(ZipInfo(name), (folder / name).read_bytes(), ZIP_DEFLATED)

    def build_navlist(self, navnodes: list[dict]) -> list[NavPoint]:
        """Put the chapters below their parts, which Sphinx leaves out of the contents."""
        root = self.env.get_doctree(self.config.root_doc)
        part_of = {
            f"{name}{self.out_suffix}": toctree["caption"]
            for toctree in root.findall(addnodes.toctree)
            for name in toctree["includefiles"]
            if toctree["caption"]
        }
        contents: list[NavPoint] = []
        parts: dict[str, NavPoint] = {}
        for chapter in super().build_navlist(navnodes):
            if not (part := part_of.get(chapter.refuri)):
                contents.append(chapter)
                continue
            if part not in parts:  # its link leads to its first chapter
                parts[part] = NavPoint(escape(part), chapter.refuri, [])
                contents.append(parts[part])
            parts[part].children.append(chapter)
        return contents

    def _declare(self, item: re.Match) -> str:
        if "properties=" in item["rest"]:  # the navigation, which Sphinx writes later
            return item.group()
        page = Path(self.outdir, item["href"]).read_text(encoding="utf-8")
        return f'<item {item["rest"]} properties="mathml" />' if "<math" in page else item.group()


def use_own_styles(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Drop what other extensions add to every page."""
    if app.builder.name == "epub":
        context["css_files"] = [f"_static/{name}" for name in STYLES]
        context["script_files"] = []


def setup(app: Sphinx) -> None:
    """Take the place of Sphinx's builder."""
    app.add_builder(BookEpub, override=True)
    app.connect("html-page-context", use_own_styles, priority=900)
