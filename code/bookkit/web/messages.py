"""Error messages for the search box: `_static/messages-index.js`, a row for each message and place.

The script beside it takes a message that a reader pasted, leaves out what differs from program to
program, and finds the row that shares most with it.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx

from bookkit.directives import messages
from bookkit.text.messages import PATTERNS

INDEX = "_static/messages-index.js"


def record_for_scripts() -> str:
    """Hand over what of a message is the same in another program."""
    return f"const messagePatterns = {json.dumps(PATTERNS)};\n"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write type, text, address, heading and title of the page, the places with a cure first."""
    if exception is not None or app.builder.name != "html":
        return
    rows = [
        [
            each.type,
            each.text,
            f"{app.builder.get_target_uri(each.page)}#{each.label}",
            each.heading,
            app.env.titles[each.page].astext(),
        ]
        for each in messages.known(app.env)
    ]
    text = f"window.bookMessages = {json.dumps(rows, ensure_ascii=False)};\n"
    Path(app.outdir, INDEX).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Have the list written when the site is."""
    app.connect("build-finished", write)
