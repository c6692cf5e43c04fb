"""Mathematics as MathML, rendered at build time: no script, nothing from another host.

Every current browser shows it (Chromium since version 109) with one font of 56 KB; EPUBs and screen
readers take it as it is. MathJax would add 281 KB of script to a page; KaTeX needs Node at build
time and twenty fonts. What browsers space worse than TeX (bars, signs, functions, limits) is
corrected here.
"""

import re
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)
NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
# Browsers may break a line on either side of a formula, even where no text may be broken.
OPENING = re.compile(r"[(\[（“]$")
CLOSING = re.compile(r"^[.,;:?!)\]%。，；：、？！）”]+")
UPRIGHT = {*"∞∂ΓΔΘΛΞΠΣΥΦΨΩ"}  # as TeX sets them; the font has no slanted capitals of Greek
THIN = "0.167em"
NO_SPACE = {"lspace": "0", "rspace": "0"}
TIGHT = {"/", "…"}
SCRIPTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
WITH_LIMITS = {"max", "min", "∑", "∏"}
UNSPACED = {"mo", "mspace", "mtext"}  # what brings its own space beside a function
COMMA = "</mn><mrow><mo>&#x0002C;</mo></mrow><mn>"
THOUSANDS = re.compile(rf"<mn>\d{{1,3}}(?:{COMMA}\d{{3}})+</mn>")


def render(tex: str, *, display: bool) -> str:
    """Convert TeX to a MathML element.

    Raises:
        ValueError: TeX that latex2mathml cannot read, or a command that it would show as text.
    """
    try:
        markup = convert(tex, display="block" if display else "inline")
    except Exception as error:  # each kind of bad TeX raises a class of its own
        raise ValueError(f"TeX {tex!r} cannot be converted: {error!r}") from error
    # An unknown command comes back as a literal identifier instead of an error.
    if ">\\" in markup:
        raise ValueError(f"TeX {tex!r} holds a command that latex2mathml does not know")
    # So do the columns of an environment it does not know; browsers ignore its line breaks.
    if ">&<" in markup or "linebreak" in markup:
        raise ValueError(f"TeX {tex!r} has columns or lines that would be lost: use two formulas")
    return _spaced(markup)


def _spaced(markup: str) -> str:
    """Give bars, signs, functions and thousands the space that TeX gives them.

    latex2mathml writes each as a lone operator or identifier, and browsers guess wrong.
    """
    markup = THOUSANDS.sub(lambda number: number[0].replace(COMMA, ","), markup)
    # Without the namespace, names of elements are as short as in the markup.
    root = ElementTree.fromstring(markup.replace(NAMESPACE, "", 1))
    _set_signs(root)
    if root.get("display") == "block":
        _set_limits(root)
    _tighten_scripts(root)
    _set_accents(root)
    for row in [row for row in root.iter() if row.tag in {"mrow", "mtd"}]:
        _pair_bars(row)
        _mark_signs(row)
        _part_functions(row)
    return ElementTree.tostring(root, encoding="unicode").replace("<math", f"<math{NAMESPACE}", 1)


def _set_signs(root: Element) -> None:
    """Say of each sign and word whether it is an operator, and how it is set."""
    for leaf in root.iter():
        text = leaf.text or ""
        if leaf.tag not in {"mi", "mo"}:
            continue
        if text == "±":
            leaf.tag = "mo"
        elif text in UPRIGHT:
            leaf.tag = "mi"
            leaf.set("mathvariant", "normal")
        elif text in TIGHT and leaf.tag == "mo":  # EPUB allows no such space of identifiers
            leaf.attrib |= NO_SPACE
        elif len(text) > 1 and text.isalpha():
            leaf.tag = "mi"


def _base(element: Element) -> Element:
    """Return what scripts hang on, or the element itself."""
    return _base(element[0]) if element.tag in SCRIPTED else element


def _set_limits(element: Element) -> None:
    """In a display, limits stand below and above, not in fractions and scripts."""
    for child in element:
        if child.tag in LIMITS and _base(child).text in WITH_LIMITS:
            child.tag = LIMITS[child.tag]
        elif child.tag not in {*SCRIPTED, "mfrac"}:
            _set_limits(child)


def _tighten_scripts(root: Element) -> None:
    """Take the space around operators in scripts and limits away, as TeX does."""
    for scripted in root.iter():
        for script in scripted[1:] if scripted.tag in SCRIPTED else ():
            for sign in script.iter("mo"):
                if sign.get("fence") != "true":
                    sign.attrib |= NO_SPACE


def _set_accents(root: Element) -> None:
    """Set a bar over a letter, and a prime beside it: its glyph is small and raised already."""
    for element in [each for each in root.iter() if each.tag in SCRIPTED]:
        base, mark = element[0], element[-1]
        text = "".join(mark.itertext())
        if element.tag == "mover" and text == "¯" and len("".join(base.itertext())) == 1:
            element.set("accent", "true")
            mark.set("stretchy", "false")
        elif element.tag in {"msup", "msubsup"} and text == "′":
            letter, prime = Element("mrow"), Element("mo", NO_SPACE)
            prime.text = text
            letter.extend([base, prime])
            element[:] = [letter, *element[1:-1]]
            element.tag = "msub" if len(element) == 2 else "mrow"


def _pair_bars(row: Element) -> None:
    """Every second bar closes; only those of a `left` and `right` grow."""
    bars = [base for base in map(_base, row) if base.tag == "mo" and base.text in {"|", "‖"}]
    for position, bar in enumerate(bar for bar in bars if bar.get("fence") != "true"):
        bar.attrib |= {"stretchy": "false", "form": ("prefix", "postfix")[position % 2]}


def _mark_signs(row: Element) -> None:
    """A minus that follows an operator or an opening bracket is a sign."""
    for before, sign in pairwise(row):
        opens = before.tag == "mo" and before.text not in {")", "]", "!", "|", "‖"}
        if sign.tag == "mo" and sign.text in {"−", "±"} and opens:
            sign.set("form", "prefix")


def _part_functions(row: Element) -> None:
    """Put a thin space between a function and what it is applied to, or what stands before it."""
    for position, pair in reversed([*enumerate(pairwise(row), start=1)]):
        bases = [_base(child) for child in pair]
        functions = [base for base in bases if base.tag == "mi" and len(base.text or "") > 1]
        if UNSPACED.isdisjoint(base.tag for base in bases):
            row[position:position] = [Element("mspace", width=THIN) for _ in functions]


def _append(translator: HTML5Translator, node: nodes.Element, tex: str, *, display: bool) -> None:
    try:
        translator.body.append(render(tex.strip(), display=display))
    except ValueError as error:
        LOGGER.warning("%s", error, location=node)


class KeepTogether(SphinxPostTransform):
    """Keep what opens before an inline formula or closes after it on the formula's line."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Move such signs into one element with the formula."""
        for formula in list(self.document.findall(nodes.math)):
            parent, at = formula.parent, formula.parent.index(formula)
            opening, closing = _cut(parent, at - 1, OPENING), _cut(parent, at + 1, CLOSING)
            if opening or closing:
                signs = [nodes.Text(opening), formula, nodes.Text(closing)]
                parent[at] = nodes.inline("", "", *signs, classes=["together"])


def _cut(parent: nodes.Element, at: int, pattern: re.Pattern) -> str:
    """Take what matches out of a child, if it is there and a piece of text."""
    if not (0 <= at < len(parent) and isinstance(text := parent[at], nodes.Text)):
        return ""
    parent[at] = nodes.Text(pattern.sub("", text))
    return "".join(pattern.findall(text))


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    _append(translator, node, node.astext(), display=False)
    raise nodes.SkipNode


def parts(tex: str) -> list[str]:
    r"""Split a display at each `\\qquad` outside of braces and environments.

    On a phone the parts stand below each other instead of out of sight.
    """
    formulas, depth = [""], 0
    for token in re.split(r"(\\(?:qquad|begin|end|left|right)\b|[{}])", tex):
        depth += (token in {"{", r"\begin", r"\left"}) - (token in {"}", r"\end", r"\right"})
        if token == r"\qquad" and not depth:
            formulas.append("")
        else:
            formulas[-1] += token
    return formulas


def visit_displaymath(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula and its number."""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "")
        translator.body.append("</span>")
    for part in parts(node.astext().strip()):
        translator.body.append('<span class="formula">')
        _append(translator, node, part, display=True)
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the renderer under the name `mathml`."""
    app.add_post_transform(KeepTogether)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
