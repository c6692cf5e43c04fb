"""What stands below a cell with included code: what it needs, and a button that copies it whole.

Only the website has it. Below a folded cell it is folded too.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx

from bookkit.languages import LANGUAGES, Language
from bookkit.pages import programs as made
from bookkit.pages.programs import Name
from bookkit.web import programs


def foot_of(cell: nodes.container) -> nodes.container:
    """Return the box below the code of a cell, made if there is none."""
    for found in cell.findall(nodes.container):
        if "cell-foot" in found["classes"]:
            return found
    foot = nodes.container(classes=["cell-foot"])
    fold = next(cell.findall(HideCodeCellNode), None)
    if fold is None:
        cell.insert(1, foot)
    else:
        fold += foot
    return foot


def anchor(name: str) -> str:
    """Return the id of the code that defines a name."""
    return f"def-{name}"


def add_needs(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Say below each cell what its definitions need; and give their code ids to link to."""
    cells = [cell for cell in doctree.findall(nodes.container) if cell.get("included")]
    if app.builder.name != "html" or not cells:
        return
    language, code = LANGUAGES[app.config.bookkit_language], Path(app.config.bookkit_code)
    script = programs.script_of(docname, Path(app.env.doc2path(docname)), code)
    up, here = "../" * (docname.count("/") + 1), dict[str, str]()
    for cell in cells:
        names = [Name(*each[:2]) for each in cell["included"]]
        _source(cell)["ids"] += [anchor(each.name) for each in names if each.name not in here]
        here |= {each.name: f"#{anchor(each.name)}" for each in names}
        foot = foot_of(cell)
        if shown := list(needs(made.direct(names, code), here, language)):
            foot += nodes.paragraph("", language.words["needs"], *shown, classes=["cell-needs"])
        foot += programs.button(script, programs.key(names), up, language)


def _source(cell: nodes.container) -> nodes.container:
    """Return the box around the code of a cell."""
    boxes = cell.findall(nodes.container)
    return next(each for each in boxes if each.get("nb_element") == "cell_code_source")


def needs(needed: made.Needs, links: Mapping[str, str], language: Language) -> Iterator[nodes.Node]:
    """Yield names, linked where an address is known, then imports."""
    shown: list[nodes.Node] = []
    for each in needed.definitions:
        text = nodes.literal(text=each.name)
        link = {"refuri": links.get(each.name, ""), "internal": True}
        shown.append(nodes.reference("", "", text, **link) if link["refuri"] else text)
    shown += [nodes.literal(text=each.dotted) for each in needed.imports]
    for position, node in enumerate(shown):
        if position:
            yield nodes.Text(language.words["listed"])
        yield node


def setup(app: Sphinx) -> None:
    """Register what stands below cells; the links to tests come after it."""
    app.connect("doctree-resolved", add_needs, priority=400)
