"""Passages in the other language say so, and entries of the bibliography say what they are.

Screen readers choose a voice, and browsers a font, by the nearest `lang`. docutils writes the class
`language-TAG` as that attribute.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from bookkit.languages import LANGUAGES

CHARACTERS = r"\u3400-\u9fff"
CHINESE = re.compile(rf"[{CHARACTERS}]")
HAN = rf"[{CHARACTERS}\u3001-\u3011\uff01-\uff5e]+"
# A run of Chinese, with single Latin words and numbers inside it.
RUN = re.compile(rf"({HAN}(?: ?[A-Za-z0-9]+ ?{HAN})*)")
WORD = re.compile(r"[A-Za-z]{2}")
FORMULAS = (nodes.math, nodes.math_block)
BLOCKS = (nodes.paragraph, nodes.rubric, nodes.literal_block, nodes.emphasis)


def mark_passages(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark Chinese on Latin pages; on Chinese pages, what is Latin from end to end."""
    if app.builder.format != "html":
        return
    chinese, latin = says("Hani"), says("Latn")
    on_chinese_page = LANGUAGES[app.config.bookkit_language].script == "Hani"
    for node in [each for each in doctree.findall() if isinstance(each, BLOCKS)]:
        words = [each for each in node.findall(nodes.Text) if not isinstance(each.parent, FORMULAS)]
        text = " ".join(words)
        if on_chinese_page:
            if WORD.search(text) and not CHINESE.search(text):
                node["classes"].append(latin)
        elif isinstance(node, nodes.literal_block) and CHINESE.search(text):
            node["classes"].append(chinese)
    if not on_chinese_page:
        for text in [each for each in doctree.findall(nodes.Text) if CHINESE.search(each)]:
            if not _is_code(text):
                text.parent.replace(text, list(_split(text, chinese)))


def says(script: str) -> str:
    """Return the class for text in a script: of the languages that share it, the first is meant."""
    return f"language-{next(each.tag for each in LANGUAGES.values() if each.script == script)}"


def _is_code(text: nodes.Text) -> bool:
    fixed = (nodes.FixedTextElement, nodes.literal, nodes.raw, *FORMULAS)
    node = text.parent
    while node is not None and not isinstance(node, fixed):
        node = node.parent
    return node is not None


def _split(text: str, chinese: str) -> Iterator[nodes.Node]:
    """Yield a text in pieces, each run of Chinese in a span of its own."""
    for number, piece in enumerate(RUN.split(text)):  # every second piece is a run
        if piece:
            yield nodes.inline(text=piece, classes=[chinese]) if number % 2 else nodes.Text(piece)


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Write an entry as an item of its list: docutils' role for it is deprecated in ARIA 1.2."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", CLASS="citation", role="listitem"))


def depart_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close the entry and, after the last one, the list."""
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    """Register both."""
    app.connect("doctree-resolved", mark_passages)
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
