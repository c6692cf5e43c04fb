"""Docutils trees as Markdown."""

import base64

import pytest
from docutils import nodes

from bookkit.formats.markdown import MarkdownWriter, fenced


def text(value):
    return nodes.Text(value)


def paragraph(*parts):
    return nodes.paragraph("", "", *(text(one) if isinstance(one, str) else one for one in parts))


def table(*cells):
    """Return a table without a head, of one row."""
    row = nodes.row("", *(nodes.entry("", paragraph(cell)) for cell in cells))
    return nodes.table("", nodes.tgroup("", nodes.tbody("", row), cols=len(cells)))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (text("plain"), "plain"),
        (text("two\nlines"), "two lines"),
        (text(r"a*b `c` $d$ [e] <f> \g"), r"a\*b \`c\` \$d\$ \[e\] \<f> \\g"),
        (nodes.emphasis("", "soft"), "*soft*"),
        (nodes.strong("", "", text("hard "), nodes.literal("", "x")), "**hard `x`**"),
        (nodes.literal("", "a*b"), "`a*b`"),
        (nodes.literal("", "a`b"), "``a`b``"),
        (nodes.math("", r"x_{1} \le 2"), r"$x_{1} \le 2$"),
        (nodes.reference("", "there", refuri="https://keras.io/"), "[there](https://keras.io/)"),
        (nodes.reference("", "here", refid="sec-a"), "[here](#sec-a)"),
        (nodes.inline("", "", nodes.emphasis("", "in"), text(" it")), "*in* it"),
        (nodes.footnote_reference("", "1", refid="why"), r"[\[1\]](#why)"),
        (nodes.target("", "", ids=["x"]), '<a id="x"></a>'),
        (nodes.comment("", "note"), ""),
    ],
)
def test_running_text(node, expected):
    assert MarkdownWriter().block(paragraph(node)) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        # Other blocks stand on the tiny book's pages, see `test_prose_is_lowered_to_markdown`.
        (nodes.math_block("", "a = b\n", ids=[]), "$$\na = b\n$$"),
        (nodes.literal_block("", "$ ls", language="none"), "```\n$ ls\n```"),
        (
            nodes.enumerated_list("", nodes.list_item("", paragraph("nine")), start=9),
            "9. nine",
        ),
        (
            nodes.bullet_list("", nodes.list_item("", nodes.literal_block("", "x\n\ny"))),
            "- ```\n  x\n\n  y\n  ```",
        ),
        (nodes.important("", paragraph("Mind.")), "> **Important**\n>\n> Mind."),
        (nodes.rubric("", "What *is* in it", **{"heading-level": 2}), r"## What \*is\* in it"),
        (nodes.rubric("", "Types"), "Types"),
        (
            nodes.container("", nodes.rubric("", "Answer <1>"), design_component="dropdown"),
            "<details>\n<summary>Answer &lt;1&gt;</summary>\n\n\n\n</details>",
        ),
        (nodes.container("", paragraph("a"), paragraph("b")), "a\n\nb"),
        (table("a", "b"), "|   |   |\n| --- | --- |\n| a | b |"),
        (nodes.transition(), "---"),
        (nodes.comment("", "nobody sees this"), ""),
        (nodes.raw("", "<b>", format="html"), ""),
    ],
)
def test_blocks(node, expected):
    assert MarkdownWriter().block(node) == expected


def test_a_fence_is_longer_than_any_within():
    assert fenced("a\n", "text") == "```text\na\n```"
    assert fenced("````x\n```\n", "text") == "`````text\n````x\n```\n`````"


def test_a_node_that_nobody_thought_of_stops_the_build():
    with pytest.raises(NotImplementedError, match=r"^no Markdown for the node line_block: "):
        MarkdownWriter().block(nodes.line_block())


def test_a_picture_in_prose_is_embedded(tmp_path):
    pixel = b"not read, only carried"
    (tmp_path / "dot.png").write_bytes(pixel)
    image = nodes.image(uri="dot.png", alt='a "dot"')
    figure = nodes.figure("", image, nodes.caption("", "One dot."))
    writer = MarkdownWriter(tmp_path)
    code = base64.b64encode(pixel).decode()
    embedded = f'<img alt="a &quot;dot&quot;" src="data:image/png;base64,{code}">'
    assert writer.block(image) == embedded
    assert writer.block(nodes.paragraph("", "See ", image.copy())) == f"See {embedded}"
    assert writer.block(figure) == f"{embedded}\n\nOne dot."


def test_a_picture_that_a_cell_drew_is_not_repeated():
    figure = nodes.figure("", nodes.image(uri="gone.png"), nodes.caption("", "Drawn above."))
    figure["drawn_by_cell"] = True
    assert MarkdownWriter().block(figure) == "Drawn above."
