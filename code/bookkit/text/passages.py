"""Passages in the other language say so, and entries of the bibliography say what they are.

Screen readers choose a voice, and browsers a font, by the nearest `lang`. docutils writes the class
`language-TAG` as that attribute.
"""

import re
from collections.abc import Iterator
from functools import cache

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from bookkit import languages
from bookkit.languages import LANGUAGES, Language, language_of

FULL_WIDTH = r"\u3001-\u3011\uff01-\uff5e"  # punctuation
WORD = re.compile(r"[A-Za-z]{2}")
FORMULAS = (nodes.math, nodes.math_block)
BLOCKS = (nodes.paragraph, nodes.rubric, nodes.literal_block, nodes.emphasis)


def mark_passages(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark what a page in Latin letters says in characters; elsewhere, what is Latin throughout."""
    if app.builder.format != "html":
        return
    in_characters = LANGUAGES[app.config.bookkit_language].characters
    latin = tag_class(next(each for each in LANGUAGES.values() if each.script == "Latn"))
    for node in [each for each in doctree.findall() if isinstance(each, BLOCKS)]:
        words = [each for each in node.findall(nodes.Text) if not isinstance(each.parent, FORMULAS)]
        text = " ".join(words)
        language = language_of(text)
        if in_characters:
            if WORD.search(text) and not language:
                node["classes"].append(latin)
        elif isinstance(node, nodes.literal_block) and language:
            node["classes"].append(tag_class(language))
    if not in_characters:
        for text in [each for each in doctree.findall(nodes.Text) if language_of(each)]:
            if not _is_code(text):
                text.parent.replace(text, list(_split(text)))


def tag_class(language: Language) -> str:
    """Return the class of text in a language."""
    return f"language-{language.tag}"


@cache
def _run(characters: str) -> re.Pattern[str]:
    """Return a run of characters, with single Latin words and numbers inside it."""
    part = rf"[{characters}{FULL_WIDTH}]+"
    return re.compile(rf"({part}(?: ?[A-Za-z0-9]+ ?{part})*)")


def _is_code(text: nodes.Text) -> bool:
    fixed = (nodes.FixedTextElement, nodes.literal, nodes.raw, *FORMULAS)
    node = text.parent
    while node is not None and not isinstance(node, fixed):
        node = node.parent
    return node is not None


def _split(text: str) -> Iterator[nodes.Node]:
    """Yield a text in pieces, each run of characters in a span of its own."""
    for number, piece in enumerate(_run(languages.characters()).split(text)):
        if number % 2:  # every second piece is a run
            language = language_of(piece) or language_of(text)  # punctuation has none
            assert language
            yield nodes.inline(text=piece, classes=[tag_class(language)])
        elif piece:
            yield nodes.Text(piece)


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
