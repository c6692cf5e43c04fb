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
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.transforms.post_transforms.images import ImageConverter

from bookkit import languages, palette
from bookkit.directives.provenance import edition
from bookkit.errors import BookError, MissingTool
from bookkit.formats import listings, tables
from bookkit.formats.blocks import before, needed, printed, raw
from bookkit.languages import LANGUAGES, Language, language_of
from bookkit.paths import BUILD, ROOT

APPENDIX = "appendix"  # the `:name:` of the toctree that holds it
TEX_ERROR = re.compile(r"^!.*(?:\n.+){0,2}", re.MULTILINE)  # the lines after it say of what
OVERFULL = re.compile(r"^Overfull \\hbox \((?P<points>[\d.]+)pt too wide\).*$", re.MULTILINE)
TOLERATED_PT = 10.0
# A line of a table in letters of average width; a Chinese character is as wide as two.
LINE = 96
PADDING = 3  # of a column, in such letters
GLUE = r"\CJKecglue{}"  # the space that xeCJK puts between Chinese and Latin
LONG_TABLE = 14  # rows; a longer table may continue on the next page
TEX = ROOT / "tex-packages.txt"  # of Debian; CI installs them too
# The first character of each letter of the pinyin alphabet: there an index leaves a space.
PINYIN = "阿;八;擦;搭;蛾;发;旮;哈;击;喀;垃;妈;拿;哦;啪;七;然;仨;他;挖;夕;压;匝"
# makeindex cannot sort Chinese.
INDEX = "$makeindex = 'upmendex -q -f -s index.ist %O -o %D %S';"
LATEXMK = (
    "latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "-quiet", "-e", INDEX,
)  # fmt: skip


def begin_parts(app: Sphinx, doctree: nodes.document) -> None:
    """Make each captioned list of pages a part of the PDF; Sphinx itself drops the captions."""
    if app.env.docname != app.config.root_doc:
        return
    for toctree in list(doctree.findall(addnodes.toctree)):
        if caption := toctree.get("caption"):
            wrapper = toctree.parent
            command = "bookappendix" if APPENDIX in wrapper["ids"] else "bookpart"
            before(wrapper, rf"\{command}{{{printed(caption)}}}")
    before(next(doctree.findall(nodes.paragraph)), r"\bookpreface")


class Paper(SphinxPostTransform):
    """Change what paper shows otherwise than a screen, one kind of thing after another."""

    default_priority = 900
    builders = ("latex",)

    def run(self, **kwargs: object) -> None:
        """Change the whole book, in its language."""
        language = LANGUAGES[self.config.bookkit_language]
        for change in (
            shrink_provenance, hold_blocks, size_columns, box_callouts, show_answers,
            narrow_photographs, part_links, write_index,
        ):  # fmt: skip
            change(self.document, language)


def shrink_provenance(document: nodes.Element, language: Language) -> None:
    """Say how a chapter was made in small print: a box with a table often filled a page alone."""
    for box in list(document.findall(nodes.admonition)):
        if "provenance" not in box["classes"]:
            continue
        gap = language.gap
        text = nodes.paragraph("", "", nodes.strong("", box[0].astext()), nodes.Text(gap))
        rows = list(box.findall(nodes.row))
        for row in rows:
            name, value = (entry.astext() for entry in row.children)
            text += [nodes.strong("", name), nodes.Text(f" {value}{gap}")]
        if not rows:
            text += nodes.Text(box[1].astext())
        before(box.parent[box.parent.index(box) - 1], r"\bookkeep")
        box.replace_self(nodes.container("", text, classes=["provenance"]))


def hold_blocks(document: nodes.Element, language: Language) -> None:
    """Keep short blocks of code and output whole, and some lines of long ones together."""
    for block in list(document.findall(nodes.literal_block)):
        command = r"\def\sphinxliteralblockwithoutcaptionneedspace"
        before(block, f"{command}{{{needed(block.astext()):.0f}pt}}")


def size_columns(document: nodes.Element, language: Language) -> None:
    """Give each column the width that its cells need; TeX would cut all lines of words alike.

    Long tables may break.
    """
    for table in list(document.findall(nodes.table)):
        rows = list(tables.cells(table))
        if len(rows) > LONG_TABLE:
            table["classes"].append("longtable")
        # Stripes would cut a cell that spans rows.
        if any("morerows" in entry for row in rows for entry in row):
            table["classes"].append("nocolorrows")
        spec = "".join(rf"\X{{{width}}}{{1000}}" for width in _widths(rows))
        table.parent.insert(table.parent.index(table), addnodes.tabular_col_spec(spec=spec))


def _widths(rows: list[list[nodes.entry]]) -> list[int]:
    """Share a line among columns, in thousandths: words first, then what whole cells want.

    A heading may take two lines.
    """
    columns = list(zip(*rows, strict=True))
    shares = [max(map(_longest_word, column)) + PADDING for column in columns]
    wanted = [max(map(_longest_line, column)) + PADDING for column in columns]
    lacking = [max(line - word, 0) for line, word in zip(wanted, shares, strict=True)]
    room = max(LINE - sum(shares), 0)
    # Who needs little more than its words gets that first, and the rest shares what is left.
    for served, column in enumerate(sorted(range(len(columns)), key=lacking.__getitem__)):
        more = min(lacking[column], room / (len(columns) - served))
        shares[column] += more
        room -= more
    scale = 1000 / max(LINE, sum(shares))
    return [round(scale * share) for share in shares]


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


def show_answers(document: nodes.Element, language: Language) -> None:
    """Print the answer to an exercise below it, its heading run in, and keep both together."""
    for title in list(document.findall(nodes.rubric)):
        answer = title.parent
        if answer.get("design_component") != "dropdown":
            continue
        word = nodes.strong("", "", *title.children)
        answer.remove(title)
        if answer.children and isinstance(answer[0], nodes.paragraph):
            answer[0][:0] = [word, nodes.Text(language.gap)]
        else:
            answer.insert(0, nodes.paragraph("", "", word))
        before(answer, r"\nopagebreak")
        if isinstance(answer.parent, nodes.list_item):
            answer.parent.insert(0, raw(r"\needspace{6\baselineskip}"))


def box_callouts(document: nodes.Element, language: Language) -> None:
    """Set what explains marked lines without bullets: the marks stand there."""
    for explained in list(document.findall(nodes.bullet_list)):
        if "callouts" in explained["classes"]:
            box = nodes.container("", explained.deepcopy(), classes=["callouts"])
            explained.replace_self(box)


def narrow_photographs(document: nodes.Element, language: Language) -> None:
    """Print photographs so wide that two stand on a page with their captions."""
    for image in document.findall(nodes.image):
        if image["uri"].endswith(".jpg"):
            image["width"] = "60%"


def part_links(document: nodes.Element, language: Language) -> None:
    """Part Chinese and Latin where a link begins or ends: XeTeX sees no neighbors there.

    xeCJK puts such a space between them elsewhere.
    """
    if language.spaced:
        return
    for link in list(document.findall(nodes.reference)):
        text, line = link.astext(), link.parent
        at = line.index(link)
        after = line[at + 1].astext()[:1] if at + 1 < len(line) else ""
        if _meet(text[-1:], after):
            line.insert(at + 1, raw(GLUE))
        left = line[at - 1] if at else nodes.Text("")
        if _meet(left.astext().rstrip(" ")[-1:], text[:1]):
            if isinstance(left, nodes.Text):  # a typed space would stand beside the glue
                line[at - 1] = nodes.Text(left.rstrip(" "))
            before(link, GLUE)


def _meet(left: str, right: str) -> bool:
    """Whether characters and Latin meet without a space."""
    kinds = [
        "characters" if language_of(sign) else "Latin" if sign.isalnum() else ""
        for sign in (left, right)
    ]
    return sorted(kinds) == ["Latin", "characters"]


def write_index(document: nodes.Element, language: Language) -> None:
    """Name the terms of the glossary in the index, behind their definition or its heading."""
    for node in list(document.findall(nodes.Element)):
        if names := node.get("indexed"):
            entries = raw("".join(rf"\index{{{index_entry(name)}}}" for name in names))
            if isinstance(node, nodes.section):
                node.insert(1, entries)
            else:
                node.parent.insert(node.parent.index(node) + 1, entries)


def index_entry(name: str) -> str:
    """Return what an index command takes: how a name is sorted, and how it is printed."""
    quoted = re.sub(r'(["!@|])', r'"\1', printed(name))
    return f"{quoted.casefold()}@{quoted}"


def _index_style(language: Language) -> str:
    """Sort as the language does; letters head the entries where names begin with letters."""
    style = (Path(sphinx.__file__).parent / "texinputs" / "python.ist").read_text(encoding="utf-8")
    locale = language.sphinx.partition("_")[0]
    return (
        f'{style}\nicu_locale "{locale}"\nhanzi_head "{PINYIN}"\n'
        f"heading_flag {int(language.spaced)}\n"
    )


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


def preamble(language: Language) -> str:
    """Load `bookdesign.sty`, told what it has to know of the language and of this edition."""
    import matplotlib  # its fonts have DejaVu Sans Mono; nothing else here needs it

    commit, day = edition()
    others = (each.full_title for each in LANGUAGES.values() if each is not language)
    texts = {
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
    commands = "".join(rf"\newcommand*\book{name}{{{text}}}" for name, text in texts.items())
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
        command = [*LATEXMK, f"{name}.tex"]
        with (folder / f"{name}.out.txt").open("w", encoding="utf-8") as out:
            process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
        running.append((process, folder / f"{name}.log"))
    problems = [text for process, log in running if (text := _judge(process.wait(), log))]
    if problems:
        raise BookError("\n".join(problems))


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
    """Register what changes pages for paper."""
    listings.setup(app)
    app.connect("doctree-read", begin_parts)
    app.add_post_transform(Paper)
    app.add_post_transform(Vectors)
