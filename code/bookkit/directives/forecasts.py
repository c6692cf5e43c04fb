"""The book's forecasts: a table of all, and below it how each is decided and what speaks for it.

They stand in `bookkit/sample/forecasts/book.json`, with their texts in all languages. `make check`
names those that are due, from the day after their date, and fails for none: apply the rule as it is
written, then set `outcome` to true or false and `resolved` to the day. What was forecast stays as
it was made: another probability or another rule is a forecast of its own.
"""

import os
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from bookkit.directives.results import table
from bookkit.languages import LANGUAGES, Language
from bookkit.paths import FORECASTS
from kerasbook.outlook.forecasts.ledger import read_forecasts

WIDTHS = (4, 56, 14, 16, 10)  # of the columns, in percent
TEXTS = {"rule": "rule", "reasons for": "reasons_for", "reasons against": "reasons_against"}


class Forecasts(SphinxDirective):
    """Show the forecasts of the sample data in the language of the page."""

    def run(self) -> list[nodes.Node]:
        """Build table, details and, on the site, a link to the file."""
        path = Path(self.config.bookkit_forecasts)
        self.env.note_dependency(path)
        try:
            forecasts = read_forecasts(path)
        except ValueError as error:
            raise self.error(f"forecasts: {error}") from error
        language = LANGUAGES[self.config.bookkit_language]
        head = [language.words[name] for name in ("claim", "probability", "due", "outcome")]
        numbered = list(enumerate(forecasts, start=1))
        rows = [self._row(number, forecast, language) for number, forecast in numbered]
        overview = table(["", *head], rows, classes=["forecasts"])
        for column, width in zip(overview.findall(nodes.colspec), WIDTHS, strict=True):
            column["colwidth"] = width
        details = "\n".join(_details(number, forecast, language) for number, forecast in numbered)
        download = self._download(path, language.words["forecasts"])
        return [overview, *self.parse_text_to_nodes(details), download]

    def _row(self, number: int, forecast: dict, language: Language) -> list:
        outcomes = {True: "true", False: "false", None: "open"}
        outcome = language.words[outcomes[forecast.get("outcome")]]
        claim, _ = self.parse_inline(forecast["claim"][language.code])
        return [str(number), claim, f"{forecast['probability']:.0%}", forecast["due"], outcome]

    def _download(self, path: Path, text: str) -> nodes.Node:
        """Link to the file; only the site has a folder for it."""
        here = Path(self.env.doc2path(self.env.docname)).parent
        target = Path(os.path.relpath(path, here)).as_posix()
        link = addnodes.download_reference("", "", nodes.Text(text), reftarget=target)
        link["classes"] += ["download"]
        return addnodes.only("", nodes.paragraph("", "", link), expr="builder_html")


def _details(number: int, forecast: dict, language: Language) -> str:
    """Write how one is decided and what speaks for it, folded below its claim."""
    code = language.code
    lines = [f":::::{{dropdown}} {number}. {forecast['claim'][code]}"]
    for word, field in TEXTS.items():
        lines += [f"**{language.words[word]}**{language.colon}{forecast[field][code]}", ""]
    return "\n".join([*lines, ":::::", ""])


def setup(app: Sphinx) -> None:
    """Register the directive, and where it reads."""
    app.add_config_value("bookkit_forecasts", str(FORECASTS), "env", str)
    app.add_directive("forecasts", Forecasts)
