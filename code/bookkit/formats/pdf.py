"""The printed book: parts, preface and appendix, what paper asks of tables and code, and TeX.

`bookdesign.sty` draws them.

Fonts are named in `bookdesign.sty` and fetched with the packages of `tex-packages.txt`; which
variant of Noto a language has says `noto` of `bookkit.languages`, those of diagrams `fonts` of
`bookkit.pages.diagrams`, and the size of type `latex_elements` in `conf.py`. After a change of the
size, measure the widths at the top of this file and of `blocks.py` again.
"""

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import sphinx
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.transforms.post_transforms.images import ImageConverter
from sphinx.util.texescape import escape

from bookkit import languages, palette
from bookkit.directives.provenance import edition
from bookkit.errors import BookError, MissingTool
from bookkit.formats import blocks, listings, tables
from bookkit.languages import LANGUAGES, Language, language_of
from bookkit.paths import BUILD, ROOT

APPENDIX = "appendix"  # the `:name:` of the toctree that holds it
TEX_ERROR = re.compile(r"^!.*(?:\n.+){0,2}", re.MULTILINE)  # the lines after it say of what
OVERFULL = re.compile(r"^Overfull \\hbox \((?P<points>[\d.]+)pt too wide\).*$", re.MULTILINE)
TOLERATED_PT = 10.0
# A line of a table in letters of average width; a Chinese character is as wide as two.
LINE = 96
PADDING = 3  # of a column, in such letters
LONG_TABLE = 14  # rows; a longer table may continue on the next page
TEX = ROOT / "tex-packages.txt"  # of Debian; CI installs them too
# The first character of each letter of the pinyin alphabet: there an index leaves a space.
PINYIN = "阿;八;擦;搭;蛾;发;旮;哈;击;喀;垃;妈;拿;哦;啪;七;然;仨;他;挖;夕;压;匝"
# makeindex cannot sort Chinese.
INDEX = "$makeindex = 'upmendex -q -f -s index.ist %O -o %D %S';"
LATEXMK = (
    "latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "-quiet", "-e", INDEX,
)  # fmt: skip


class Parts(SphinxTransform):
    """Make each captioned list of pages a part of the PDF; Sphinx itself drops the captions."""

    default_priority = 900

    def apply(self, **kwargs: object) -> None:
        """Write TeX before each list of the root page."""
        if self.env.docname != self.config.root_doc:
            return
        for toctree in list(self.document.findall(addnodes.toctree)):
            if caption := toctree.get("caption"):
                wrapper = toctree.parent
                command = "bookappendix" if APPENDIX in wrapper["ids"] else "bookpart"
                _before(wrapper, rf"\{command}{{{escape(caption, self.config.latex_engine)}}}")
        _before(next(iter(self.document.findall(nodes.paragraph))), r"\bookpreface")


def _before(node: nodes.Node, tex: str) -> None:
    node.parent.insert(node.parent.index(node), nodes.raw("", tex, format="latex"))


class Columns(SphinxPostTransform):
    """Give each column the width that its cells need; TeX would cut all lines of words alike."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Write the widths, and let long tables break."""
        for table in list(self.document.findall(nodes.table)):
            rows = list(tables.cells(table))
            if len(rows) > LONG_TABLE:
                table["classes"].append("longtable")
            # Stripes would cut a cell that spans rows.
            if any("morerows" in entry for row in rows for entry in row):
                table["classes"].append("nocolorrows")
            spec = "".join(rf"\X{{{width}}}{{1000}}" for width in _widths(rows))
            spec_node = addnodes.tabular_col_spec(spec=spec)
            table.parent.insert(table.parent.index(table), spec_node)


def _widths(rows: list[list[nodes.entry]]) -> list[int]:
    """Share a line among columns, in thousandths: words first, then what whole cells want.

    A heading may take two lines.
    """
    columns = list(zip(*rows, strict=True))
    least = [max(map(_longest_word, column)) + PADDING for column in columns]
    wanted = [max(map(_longest_line, column)) + PADDING for column in columns]
    shares = dict.fromkeys(range(len(columns)), 0.0)
    room = LINE - sum(least)
    # Who needs little more than its words gets that first, and the rest shares what is left.
    for served, column in enumerate(sorted(shares, key=lambda one: wanted[one] - least[one])):
        more = min(max(wanted[column] - least[column], 0), max(room, 0) / (len(columns) - served))
        shares[column] = least[column] + more
        room -= more
    scale = 1000 / max(LINE, sum(shares.values()))
    return [round(scale * share) for share in shares.values()]


def _longest_line(entry: nodes.entry) -> float:
    letters = max((_letters(part.astext()) for part in entry.children), default=0) * _weight(entry)
    return letters / 2 if isinstance(entry.parent.parent, nodes.thead) else letters


def _longest_word(entry: nodes.entry) -> float:
    """Measure what should not be broken: a word, a number with its error, some characters."""
    words = re.split(rf"[ \n]+|(?<=[_/])|(?<=[{languages.characters()}]{{3}})", entry.astext())
    return max(map(_letters, words)) * _weight(entry)


def _weight(entry: nodes.entry) -> float:
    bold = isinstance(entry.parent.parent, nodes.thead) or any(entry.findall(nodes.strong))
    return 1.1 if bold else 1


def _letters(text: str) -> float:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


class Answers(SphinxPostTransform):
    """Print the answer to an exercise below it, its heading run in, and keep both together."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Turn each folded answer's title into a bold word."""
        gap = LANGUAGES[self.config.bookkit_language].gap
        for title in list(self.document.findall(nodes.rubric)):
            answer = title.parent
            if answer.get("design_component") != "dropdown":
                continue
            word = nodes.strong("", "", *title.children)
            answer.remove(title)
            if answer and isinstance(answer[0], nodes.paragraph):
                answer[0][:0] = [word, nodes.Text(gap)]
            else:
                answer.insert(0, nodes.paragraph("", "", word))
            _before(answer, r"\nopagebreak")
            if isinstance(answer.parent, nodes.list_item):
                needed = nodes.raw("", r"\needspace{6\baselineskip}", format="latex")
                answer.parent.insert(0, needed)


class Callouts(SphinxPostTransform):
    """Set what explains marked lines without bullets: the marks stand there."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Put each such list into an environment of the style."""
        for found in list(self.document.findall(nodes.bullet_list)):
            if "callouts" in found["classes"]:
                found.replace_self(nodes.container("", found.deepcopy(), classes=["callouts"]))


class Provenance(SphinxPostTransform):
    """Say how a chapter was made in small print: a box with a table often filled a page alone."""

    default_priority = 890
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Turn each row of the table into a bold word and what it says."""
        gap = LANGUAGES[self.config.bookkit_language].gap
        for box in list(self.document.findall(nodes.admonition)):
            if "provenance" not in box["classes"]:
                continue
            text = nodes.paragraph("", "", nodes.strong("", box[0].astext()), nodes.Text(gap))
            for row in box.findall(nodes.row):
                name, value = (entry.astext() for entry in row.children)
                text += [nodes.strong("", name), nodes.Text(f" {value}{gap}")]
            if not any(box.findall(nodes.row)):
                text += nodes.Text(box[1].astext())
            _before(box.parent[box.parent.index(box) - 1], r"\bookkeep")
            box.replace_self(nodes.container("", text, classes=["provenance"]))


class Photos(SphinxPostTransform):
    """Print photographs so wide that two stand on a page with their captions."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Set the width; on the web they take the line's."""
        for image in self.document.findall(nodes.image):
            if image["uri"].endswith(".jpg"):
                image["width"] = "60%"


class Vectors(ImageConverter):
    """Turn diagrams into what TeX can place, with the fonts of the book; Sphinx asks for it."""

    conversion_rules = [("image/svg+xml", "application/pdf")]

    def is_available(self) -> bool:
        """Whether it can: all that builds the book has the package."""
        return True

    def convert(self, _from: str | os.PathLike[str], _to: str | os.PathLike[str]) -> bool:
        """Write the PDF, with letters of 9 pt where the screen has 15 px."""
        import typst  # nothing else needs it

        file = Path(_from)
        page = "#set page(width: auto, height: auto, margin: 0pt)"
        content = f'{page}\n#scale(80%, reflow: true, image("/{file.name}"))'
        compiler = typst.Compiler(content.encode(), root=file.parent)
        compiler.compile(output=Path(_to), format="pdf", timestamp=0, pdf_tags=False)
        return True


class Glue(SphinxPostTransform):
    """Part Chinese and Latin where a link begins or ends: XeTeX sees no neighbors there."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Write the space that xeCJK puts between Chinese and Latin elsewhere."""
        if LANGUAGES[self.config.bookkit_language].spaced:
            return
        for link in list(self.document.findall(nodes.reference)):
            text = link.astext()
            if not text:
                continue
            at = link.parent.index(link)
            before = link.parent[at - 1] if at else nodes.Text("")
            after = link.parent[at + 1].astext()[:1] if at + 1 < len(link.parent) else ""
            if _meet(text[-1], after):
                link.parent.insert(at + 1, nodes.raw("", r"\CJKecglue{}", format="latex"))
            if _meet(before.astext().rstrip(" ")[-1:], text[0]):
                if isinstance(before, nodes.Text):  # a typed space would stand beside the glue
                    link.parent[at - 1] = nodes.Text(before.rstrip(" "))
                link.parent.insert(at, nodes.raw("", r"\CJKecglue{}", format="latex"))


class Index(SphinxPostTransform):
    """Name the terms of the glossary in the index, where their sections define them."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Write an entry for each name of a term behind its definition, or behind a heading."""
        for node in [one for one in self.document.findall(nodes.Element) if "indexed" in one]:
            tex = "".join(rf"\index{{{index_entry(name)}}}" for name in node["indexed"])
            raw = nodes.raw("", tex, format="latex")
            if isinstance(node, nodes.section):
                node.insert(1, raw)
            else:
                node.parent.insert(node.parent.index(node) + 1, raw)


def index_entry(name: str) -> str:
    """Return what an index command takes: how a name is sorted, and how it is printed."""
    quoted = re.sub(r'(["!@|])', r'"\1', escape(name, "xelatex"))
    return f"{quoted.casefold()}@{quoted}"


def _index_style(language: Language) -> str:
    """Sort as the language does; letters head the entries where names begin with letters."""
    style = (Path(sphinx.__file__).parent / "texinputs" / "python.ist").read_text(encoding="utf-8")
    locale = language.sphinx.partition("_")[0]
    return (
        f'{style}\nicu_locale "{locale}"\nhanzi_head "{PINYIN}"\n'
        f"heading_flag {int(language.spaced)}\n"
    )


def _meet(left: str, right: str) -> bool:
    """Whether characters and Latin meet without a space."""
    kinds = [
        "characters" if language_of(one) else "Latin" if one.isalnum() else ""
        for one in (left, right)
    ]
    return sorted(kinds) == ["Latin", "characters"]


def preamble(language: Language) -> str:
    """Load `bookdesign.sty`, told what it has to know of the language and of this edition."""
    import matplotlib  # its fonts have DejaVu Sans Mono; nothing else here needs it

    commit, day = edition()
    others = (each.full_title for each in LANGUAGES.values() if each is not language)
    told = {
        "fonts": Path(matplotlib.get_data_path(), "fonts", "ttf").as_posix() + "/",
        "tag": language.tag,
        "noto": language.print.noto,
        "leading": language.print.leading,
        "contentsname": language.words["contents"],
        "prefacename": language.print.preface,
        "partname": language.print.part,
        "chaptername": language.print.chapter,
        "appendixname": language.print.appendix,
        "listingname": language.print.listing,
        "usename": language.print.use,
        "title": rf"{language.title}{language.colon.strip()}\\{language.subtitle}",
        "othertitle": r"\\".join(others),
        "description": language.description,
        "edition": language.words["edition"].format(day=day, commit=commit),
        "license": f"© {language.copyright}",
    }
    commands = "".join(rf"\newcommand*\book{name}{{{text}}}" for name, text in told.items())
    option = "fullwidth" if language.full_width else "halfwidth"
    return rf"{palette.tex()}{commands}\usepackage[{option}]{{bookdesign}}"


def require() -> None:
    """Say what to install where TeX is missing.

    Raises:
        MissingTool: it is.
    """
    if not (shutil.which("latexmk") and shutil.which("xelatex")):
        packages = " ".join(TEX.read_text(encoding="utf-8").split())
        install = f"apt-get install --no-install-recommends {packages}"
        raise MissingTool(f"`make pdf` needs TeX. On Debian and Ubuntu: {install}")


def typeset(languages: Sequence[str]) -> None:
    """Run TeX, one process a language, side by side.

    Raises:
        BookError: TeX failed, a font lacks a character, or a line sticks out of the page.
    """
    running = []
    for language in languages:
        name, folder = f"keras-book-{language}", BUILD / "sphinx" / language / "latex"
        style = _index_style(LANGUAGES[language])
        (folder / "index.ist").write_text(style, encoding="utf-8")
        with (folder / f"{name}.out.txt").open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [*LATEXMK, f"{name}.tex"], cwd=folder, stdout=out, stderr=out
            )
        running.append((process, folder / f"{name}.log"))
    found = [problems for process, log in running if (problems := _judge(process.wait(), log))]
    if found:
        raise BookError("\n".join(found))


def _judge(code: int, log: Path) -> str:
    """Say what is wrong with a finished PDF, or nothing."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    missing = {line for line in text.splitlines() if line.startswith("Missing character")}
    wide = {
        match.group() for match in OVERFULL.finditer(text) if float(match["points"]) > TOLERATED_PT
    }
    if not (code or missing or wide):
        return ""
    if code:  # else latexmk waits for a changed page, when all that was missing is a font
        log.with_suffix(".fdb_latexmk").unlink(missing_ok=True)
    lines = [*TEX_ERROR.findall(text), *sorted(missing), *sorted(wide)][:20]
    return "\n".join([f"the PDF failed, see {log.relative_to(ROOT)}", *lines])


def setup(app: Sphinx) -> None:
    """Register the transform and the style."""
    blocks.setup(app)
    listings.setup(app)
    app.add_transform(Parts)
    for transform in (Columns, Callouts, Provenance, Answers, Photos, Vectors, Glue, Index):
        app.add_post_transform(transform)
