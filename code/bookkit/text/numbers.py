"""Numbers that a cell hands to the text, written as text writes them: −0.5, 2 × 10⁻⁷."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

MINUS = re.compile(r"(?<![\w.])-(?=[\d.])")
POWER = re.compile(r"(?P<digits>\d(?:\.\d+)?)e(?P<sign>[+-])0*(?P<power>\d+)")


class WrittenNumbers(SphinxTransform):
    """Replace what Python prints for a minus and for a power of ten."""

    default_priority = 850  # MyST-NB has pasted the numbers

    def apply(self, **kwargs: object) -> None:
        """Rewrite the pasted text of a page."""
        for pasted in list(self.document.findall(nodes.inline)):
            if "pasted-text" in pasted["classes"]:
                text = pasted.astext()
                pasted.clear()
                pasted += written(text)


def written(text: str) -> list[nodes.Node]:
    """Return the nodes of a number as text writes it."""
    text = MINUS.sub("−", text)
    pieces, at = [], 0
    for match in POWER.finditer(text):
        power = match["power"] if match["sign"] == "+" else f"−{match['power']}"
        before = text[at : match.start()]
        pieces += [
            nodes.Text(f"{before}{match['digits']}\u00a0×\u00a010"),
            nodes.superscript(text=power),
        ]
        at = match.end()
    return [*pieces, nodes.Text(text[at:])]


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(WrittenNumbers)
