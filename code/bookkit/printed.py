"""The printed book: its parts, preface and appendix, and TeX. `bookdesign.sty` draws them."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.texescape import escape

from bookkit.errors import BookError
from bookkit.paths import BUILD, ROOT

APPENDIX = "appendix"  # the `:name:` of the toctree that holds it
OVERFULL = re.compile(r"^Overfull \\hbox \((?P<points>[\d.]+)pt too wide\).*$", re.MULTILINE)
TOLERATED_PT = 10.0
LATEXMK = ("latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "-quiet")


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


def typeset(languages: Sequence[str]) -> None:
    """Run TeX, one process a language, side by side.

    Raises:
        BookError: TeX failed, a font lacks a character, or a line sticks out of the page.
    """
    running = []
    for language in languages:
        name, folder = f"keras-book-{language}", BUILD / "sphinx" / language / "latex"
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
    errors = [line for line in text.splitlines() if line.startswith("!")]
    lines = [*errors, *sorted(missing), *sorted(wide)][:20]
    return "\n".join([f"the PDF failed, see {log.relative_to(ROOT)}", *lines])


def setup(app: Sphinx) -> None:
    """Register the transform and the style."""
    app.add_transform(Parts)
