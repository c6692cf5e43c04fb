"""Mathematics as MathML, rendered at build time: no script, nothing from another host."""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

LOGGER = logging.getLogger(__name__)


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
    return markup


def _append(translator, node: nodes.Element, *, display: bool) -> None:
    try:
        translator.body.append(render(node.astext().strip(), display=display))
    except ValueError as error:
        LOGGER.warning("%s", error, location=node)


def visit_math(translator, node: nodes.math) -> None:
    """Write an inline formula."""
    _append(translator, node, display=False)
    raise nodes.SkipNode


def visit_displaymath(translator, node: nodes.math_block) -> None:
    """Write a displayed formula and its number."""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "")
        translator.body.append("</span>")
    _append(translator, node, display=True)
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the renderer under the name `mathml`."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
