"""Each page once more as plain Markdown with its outputs, for machines that read.

`NAME.html.md` stands beside `NAME.html`, and `llms.txt` lists them, as https://llmstxt.org asks.
Libraries that do it for other books, such as sphinx-llm, build the book a second time and leave out
what cells printed.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.osutil import ensuredir, relative_uri

from bookkit.checks import contents
from bookkit.checks.book import Book, Page
from bookkit.directives.figures import is_code_cell
from bookkit.formats.markdown import MarkdownBuilder, MarkdownWriter, anchors, escaped, fenced
from bookkit.languages import LANGUAGES, Language
from bookkit.pages import reader
from bookkit.running import cache
from bookkit.web import images

SUFFIX = ".html.md"
LIST = "llms.txt"


class TwinBuilder(MarkdownBuilder):
    """Write `PAGE.html.md` for each page."""

    name = "twin"
    format = "markdown"
    epilog = "The Markdown is in %(outdir)s."
    suffix = SUFFIX

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write a page."""
        self.write_numbers(docname, doctree)
        page = reader.page_of(self.env, docname)
        ran = any(doctree.findall(is_code_cell))
        writer = TwinWriter(self, docname, cache.executed(self.cache, page) if ran else page)
        target = Path(self.outdir, docname + SUFFIX)
        ensuredir(target.parent)
        target.write_text(writer.blocks(doctree.children) + "\n", encoding="utf-8")

    def picture(self, docname: str, node: nodes.image) -> str:
        """Return the address of a picture on the site, where cells' figures are lighter ones."""
        source = Path(self.srcdir, node["uri"]).resolve()
        outputs = Path(self.env.mystnb_config.output_folder).resolve()
        drawn = source.suffix == ".png" and source.is_relative_to(outputs)
        name = images.light_copy(source).name if drawn else self.env.images[node["uri"]][1]
        return relative_uri(self.get_target_uri(docname), f"_images/{name}")


class TwinWriter(MarkdownWriter):
    """Writes a page for whom files of the site are at hand, and nothing folds."""

    cells_show_pictures = False

    def __init__(self, builder: TwinBuilder, docname: str, executed: NotebookNode):
        super().__init__(Path(builder.srcdir))
        self.builder, self.docname, self.executed = builder, docname, executed

    def block_title(self, node: nodes.title) -> str:
        """Write a heading with its anchor behind it, and below the first what the page is about."""
        depth = len(node.section_hierarchy())
        text = f"{'#' * depth} {self.inline(node)} {anchors(node.parent['ids'])}".rstrip()
        about = self.builder.env.metadata[self.docname].get("description")
        return f"{text}\n\n> {escaped(about)}" if depth == 1 and about else text

    def block_container(self, node: nodes.container) -> str:
        """Write a cell with what it printed, an answer unfolded, or what a container holds."""
        if is_code_cell(node):
            return self._cell(node)
        if node.get("design_component") != "dropdown":
            return super().block_container(node)
        title, *body = node.children
        return f"**{escaped(title.astext())}**\n\n{self.blocks(body)}"

    def _cell(self, node: nodes.container) -> str:
        cell = self.executed.cells[node["cell_index"]]
        parts = [f"*{escaped(node['summary'])}*"] if node.get("summary") else []
        parts.append(fenced(cell.source, "python"))
        parts += [fenced(text, "text") for text in printed(cell)]
        parts += [self.block_image(image) for image in node.findall(nodes.image)]
        return "\n\n".join(parts)

    def block_image(self, node: nodes.image) -> str:
        """Write a link to a picture; a drawing, which stands within its page, in its words."""
        alt = escaped(node.get("alt", ""))
        if "inline" in node:
            return f"*{alt}*"
        return f"![{alt}]({self.builder.picture(self.docname, node)})"


def printed(cell: NotebookNode) -> Iterator[str]:
    """Yield what a cell printed or returned as text; a picture has words of its own."""
    for output in cell.get("outputs", []):
        kinds = output.get("data", {})
        text = output.get("text") or kinds.get("text/plain")
        if text and not any(kind.startswith("image/") for kind in kinds):
            yield text


def place(made: Path, folder: Path) -> None:
    """Put the Markdown of a language beside its pages, and leave no older one.

    Args:
        made: where the builder wrote.
        folder: the language's pages.
    """
    for old in folder.rglob(f"*{SUFFIX}"):
        old.unlink()
    for path in made.rglob(f"*{SUFFIX}"):
        shutil.copyfile(path, folder / path.relative_to(made))


def write_list(site: Path, book: Book, base: str) -> None:
    """Write the list of all pages, by language and part.

    Args:
        site: the folder of the site.
        book: its pages.
        base: the address of the site, empty if unknown: links are then relative.
    """
    titles = " / ".join(record.full_title for record in LANGUAGES.values())
    abouts = "".join(record.words["about the site"] for record in LANGUAGES.values())
    parts = [f"# {titles}", f"> {abouts}"]
    parts += [record.words["machines"] for record in LANGUAGES.values()]
    for language, record in LANGUAGES.items():
        pages = book.trees[language]
        for caption, names in _groups(pages[contents.FIRST], record).items():
            lines = [_entry(pages[name], f"{base}{language}/{name}") for name in names]
            parts += [f"## {record.name}: {caption}", "\n".join(lines)]
    (site / LIST).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _groups(first: Page, record: Language) -> dict[str, list[str]]:
    """Return the pages of each part; what stands in no part follows the first page."""
    start = record.words["start"]
    groups = {start: [contents.FIRST]}
    for caption, entries in contents.lists(first):
        groups.setdefault(caption or start, []).extend(name for _, name in entries)
    return groups


def _entry(page: Page, address: str) -> str:
    front = page.front_matter
    return f"- [{escaped(front['title'])}]({address}{SUFFIX}): {front['description']}"


def setup(app: Sphinx) -> None:
    """Register the builder."""
    app.add_builder(TwinBuilder)
