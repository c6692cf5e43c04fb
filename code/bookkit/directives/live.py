"""Live figures: what a reader can change, on the site; elsewhere the picture of a cell.

To add one:

- a cell draws the picture, and one with the tag `remove-cell` glues the data as JSON;
- below them `:::{live-figure} SCRIPT` with `:name:`, `:data:`, `:alt:` and a caption;
- `SCRIPT.js` in `book/_static/live` finds its `.live[data-live="SCRIPT"]`, reads the data in it,
  puts a panel beside the picture and gives the figure the class `live-on`; it uses no library, and
  its words come from `bookLanguage` (`browser` in `book/words`).
  `controls.js` there has a plane to draw in, dots to drag, sliders, and words for a screen reader;
  `live-panel.css` says how they look;
- `tests/book/test_live_SCRIPT.py` holds what the script computes against what Python computed in
  this build.
"""

import ast
import json
from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx import addnodes
from sphinx.application import Sphinx

from bookkit.directives.figures import CellFigure, pending_figure


class LiveFigure(CellFigure):
    """A figure of a cell that `_static/live/NAME.js` brings to life with data that the page glued.

    Until a reader comes near it, without JavaScript and outside the site, the picture stands there.
    """

    required_arguments = 1
    option_spec = {
        **CellFigure.option_spec,
        "data": directives.unchanged_required,
        "ahead": directives.flag,  # of the cell that draws the picture
    }

    def run(self) -> list[nodes.Node]:
        """Put the data beside the picture, for the builder of the site alone."""
        if "data" not in self.options:
            raise self.error("live-figure needs :data:, the name under which a cell glued them")
        pending, *others = super().run()
        assert isinstance(pending, pending_figure)
        text = self._data(self.options["data"])
        box = (
            f'<div class="live" data-live="{escape(self.arguments[0])}">'
            f'<script type="application/json">{text}</script></div>'
        )
        raw = nodes.raw("", box, format="html")
        pending.insert(0, addnodes.only("", raw, expr="builder_html"))
        pending["ahead"] = "ahead" in self.options
        return [pending, *others]

    def _data(self, name: str) -> str:
        """Return glued JSON so that no part of it ends the script that holds it."""
        try:
            glued = retrieve_glue_data(self.state.document, name)
            value = json.loads(ast.literal_eval(glued.data["text/plain"]))
        except (RetrievalError, ValueError, SyntaxError, TypeError) as error:
            raise self.error(f"live-figure: no JSON was glued as {name!r} ({error})") from error
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("live-figure", LiveFigure)
