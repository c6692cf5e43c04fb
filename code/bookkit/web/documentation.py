"""Links from names of Keras to its official documentation, at their first use on a web page.

`book/keras-io.yml` has the names and addresses. A name in a fold, a heading or a link is passed
over. Exports and printed pages have none of these links.
"""

import re
from functools import cache

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from bookkit.paths import BOOK

FILE = BOOK / "keras-io.yml"
SITE = "https://keras.io/"
METHODS = "keras.Model."  # pages write `model.fit` or `fit`
# A name in code is a row of spans, in prose one; what may hold no link is passed over whole.
NAME = r'<span class="n\w?">\w+</span>'
FOUND = re.compile(
    r'(?P<passed><details class="hide.*?</details>|<(?P<tag>a|h\d|summary)\b.*?</(?P=tag)>)'
    rf'|(?:{NAME}<span class="o">\.</span>)+{NAME}'
    r'|<code class="docutils literal notranslate"><span class="pre">(?P<prose>[\w.]+)'
    r"(?:\([^<]*)?</span></code>",
    re.DOTALL,
)
TAG = re.compile("<[^>]+>")


@cache
def addresses() -> dict[str, str]:
    """Return the public names, each with the address of its documentation."""
    listed = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: SITE + path for name, path in listed.items()}


@cache
def _meant() -> dict[str, str | None]:
    """Map all that a page may write to the name it means; None: it could mean two."""
    meant: dict[str, str | None] = {}
    for name in addresses():
        if name.startswith(METHODS):
            method = name.removeprefix(METHODS)
            written = [method, f"model.{method}"]
        else:
            parts = name.split(".")
            written = [".".join(parts[at:]) for at in range(len(parts))]
            if written[-1].islower():  # `mean` alone is NumPy's as well
                written.pop()
        for each in written:
            meant[each] = None if each in meant else name
    return meant


def link(body: str) -> str:
    """Link each name in the HTML of a page where it is used first."""
    linked: set[str] = set()

    def replace(match: re.Match[str]) -> str:
        name = None if match["passed"] else _meant().get(match["prose"] or TAG.sub("", match[0]))
        if name is None or name in linked:
            return match[0]
        linked.add(name)
        return (
            f'<a class="documentation reference external" href="{addresses()[name]}" '
            f'title="{name}">{match[0]}</a>'
        )

    return FOUND.sub(replace, body)


def add_links(
    app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Link the names on a page of the website."""
    if app.builder.name == "html" and doctree is not None:
        context["body"] = link(context["body"])


def setup(app: Sphinx) -> None:
    """Register the links."""
    app.connect("html-page-context", add_links)
