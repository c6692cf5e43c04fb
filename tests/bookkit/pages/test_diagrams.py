"""What a diagram is: labels and their translations, indices, heads of arrows, files and pages."""

import re
from xml.etree import ElementTree

import pytest

from bookkit import palette
from bookkit.errors import BookError, PageError
from bookkit.languages import LANGUAGES
from bookkit.pages import diagrams
from bookkit.paths import BOOK

STYLE = (BOOK / "_static" / "diagram.css").read_text(encoding="utf-8")
GLOSSARY = """\
networks:
- {en: hidden layer, zh: 隐藏层, at: sec-a, is: {en: A layer., zh: 一层。}}
- {en: gate, zh: 门, at: sec-a, is: {en: A gate., zh: 一扇门。}}
"""


@pytest.fixture
def draw(tmp_path):
    """Return a function that draws one diagram from what stands in it."""

    def draw(body, labels="", language="zh", box="0 0 300 60", name="flow"):
        (tmp_path / "diagrams").mkdir(exist_ok=True)
        (tmp_path / "glossary.yml").write_text(GLOSSARY, encoding="utf-8")
        (tmp_path / "diagrams" / "labels.yml").write_text(labels, encoding="utf-8")
        text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n{body}\n</svg>\n'
        (tmp_path / "diagrams" / f"{name}.svg").write_text(text, encoding="utf-8")
        return diagrams.draw(tmp_path, name, language)

    return draw


def words(root):
    return ["".join(text.itertext()) for text in root.iter("text")]


def test_labels_stay_as_written_in_their_own_language(draw):
    assert words(draw("<text>Some words</text>", language="en")) == ["Some words"]


def test_a_label_is_translated_by_the_list_or_else_by_the_glossary_in_any_case(draw):
    body = "<text>Hidden layer</text><text>gate</text><text>next  step</text>"
    assert words(draw(body, "zh: {Next step: 下一步, gate: 闸门}")) == ["隐藏层", "闸门", "下一步"]


def test_one_diagram_may_say_a_word_otherwise(draw):
    labels = "zh: {cell: 单元, flow: {cell: 细胞}}"
    assert words(draw("<text>cell</text>", labels)) == ["细胞"]
    assert words(draw("<text>cell</text>", labels, name="other")) == ["单元"]
    assert words(draw("<text>flow</text>", "zh: {flow: 流程}")) == ["流程"]


def test_words_that_yaml_takes_for_values_are_words(draw):
    assert words(draw("<text>no</text>", "zh: {no: 否}")) == ["否"]


def test_parts_of_a_label_are_translated_each_and_keep_the_spaces_between(draw):
    body = '<text>\n  the <tspan class="strong">gate</tspan> opens\n</text>'
    (label,) = words(draw(body, "zh: {the: 这扇, opens: 打开}"))
    assert label == "\n  这扇 门 打开\n"


@pytest.mark.parametrize(
    "label",
    [
        '<text class="code">Dense(8)</text>',
        '<text class="small name">Keras</text>',
        '<text class="math">softmax</text>',
        '<text><tspan class="code">fit</tspan></text>',
        '<text class="code">model.<tspan class="strong">fit</tspan></text>',
        "<text>3 × 3</text>",
        "<text>A → B</text>",
    ],
)
def test_code_formulas_names_and_single_letters_need_no_translation(draw, label):
    (said,) = words(draw(label))
    assert said == "".join(ElementTree.fromstring(label).itertext())


def test_a_label_without_translation_is_named_with_its_line_and_the_cure(draw, tmp_path):
    with pytest.raises(PageError) as caught:
        draw("<text>gate</text>\n<text>new\n words</text>")
    assert str(caught.value) == (
        f"{tmp_path}/diagrams/flow.svg:3: the label 'new words' has no translation; write it below "
        "`zh:` in book/diagrams/labels.yml, or give the text the class code, math or name"
    )


def test_words_behind_a_part_of_a_label_have_the_line_of_that_part(draw):
    with pytest.raises(PageError, match=r"flow\.svg:3: the label 'new words' has no translation"):
        draw('<text>\n<tspan class="name">A</tspan> new words</text>')


def test_a_diagram_that_ends_early_is_no_xml(tmp_path):
    path = tmp_path / "flow.svg"
    path.write_text('<svg viewBox="0 0 3 3">', encoding="utf-8")
    with pytest.raises(PageError, match=r"flow\.svg:1: no XML: no element found"):
        diagrams.read(path)


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ("zh:\n  a: [", "2: no YAML: expected the node content, but found '<stream end>'"),
        ("- zh", "1: below each language stand lines `English: translation`"),
        ("zh: 词", "1: below each language stand lines `English: translation`"),
    ],
)
def test_a_list_of_translations_that_cannot_be_read_is_named(draw, tmp_path, labels, problem):
    with pytest.raises(PageError) as caught:
        draw("<text>gate</text>", labels)
    assert str(caught.value).startswith(f"{tmp_path}/diagrams/labels.yml:{problem}")


@pytest.mark.parametrize("box", ["", "0 0 300", "10 0 300 60", "0 0 30.5 60"])
def test_a_diagram_without_a_plain_viewbox_is_refused(draw, tmp_path, box):
    with pytest.raises(PageError) as caught:
        draw("", box=box)
    assert str(caught.value) == (
        f"{tmp_path}/diagrams/flow.svg:1: a diagram starts at 0 0 and has whole sizes; write "
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 WIDTH HEIGHT">'
    )


def test_what_is_no_xml_is_named_with_its_line(draw, tmp_path):
    with pytest.raises(PageError) as caught:
        draw("<text>a\n</line>")
    assert str(caught.value) == f"{tmp_path}/diagrams/flow.svg:3: no XML: mismatched tag"


def test_a_misspelt_diagram_is_told_the_closest(draw, tmp_path):
    draw("")
    with pytest.raises(BookError, match=r"there is no book/diagrams/flaw\.svg; closest: flow"):
        diagrams.draw(tmp_path, "flaw", "en")


def shifts(root):
    """Return the runs of a formula with the heights that they stand at, downwards."""
    height, found = 0, []
    for element in root.find("text").iter():
        height += int(element.get("dy", "0"))
        found.append((element.text, height))
    return found


def test_indices_of_a_formula_are_lowered_and_raised_and_the_rest_stays_on_the_line(draw):
    root = draw('<text class="math">w_1x_{ij}^2 + b</text>')
    low, high = diagrams.SHIFT["_"], diagrams.SHIFT["^"]
    assert low > 0 > high
    assert shifts(root) == [
        ("w", 0), ("1", low), ("x", 0), ("ij", low), ("2", high), (" + b", 0),
    ]  # fmt: skip
    assert [each.get("class") for each in root.iter("tspan")] == [
        "index", None, "index", "index", None,
    ]  # fmt: skip


X_1 = [("x", 0), ("1", diagrams.SHIFT["_"])]


@pytest.mark.parametrize(
    ("label", "runs"),
    [
        ('<text class="math">x_1</text>', X_1),
        ('<text><tspan class="math">x_1</tspan></text>', [(None, 0), *X_1]),
        ('<text><tspan class="math">x_1</tspan> → A</text>', [(None, 0), *X_1, (" → A", 0)]),
        (
            '<text><tspan class="math">x_1</tspan> → <tspan class="math">y</tspan></text>',
            [(None, 0), *X_1, (" → ", 0), ("y", 0)],
        ),
        ('<text><tspan class="math">x_1 b</tspan> → A</text>', [(None, 0), *X_1, (" b", 0)]),
        ('<text class="math">x_1 + <tspan>y</tspan></text>', [*X_1, (" + ", 0), ("y", 0)]),
    ],
)
def test_what_follows_an_index_within_a_label_stays_on_the_line(draw, label, runs):
    root = draw(label)
    assert shifts(root) == runs
    assert [each.tag for each in root] == ["text"]


def test_an_underscore_in_code_is_an_underscore(draw):
    assert words(draw('<text class="code">a_b^c</text>')) == ["a_b^c"]


def test_each_arrow_has_a_head_of_its_color(draw):
    root = draw(
        '<line class="arrow"/><path class="thin arrow stroke-2"/><line class="arrow stroke-2"/>'
        '<line class="line muted"/><line class="arrow muted"/>'
    )
    heads = {each.get("id"): each[0].get("class") for each in root.iter("marker")}
    assert heads == {
        "head": "head", "head-stroke-2": "head stroke-2", "head-muted": "head muted"
    }  # fmt: skip
    assert ElementTree.tostring(next(root.iter("marker")), "unicode") == (
        '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" '
        'markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="head" d="M0 1 10 5 0 9z" /></marker>'
    )
    ends = [each.get("marker-end") for each in root if each.tag != "defs"]
    assert ends == [
        "url(#head)", "url(#head-stroke-2)", "url(#head-stroke-2)", None, "url(#head-muted)",
    ]  # fmt: skip


def test_a_head_has_all_colors_of_its_line(draw):
    (head,) = draw('<line class="arrow stroke-2 muted"/>').iter("marker")
    assert head[0].get("class") == "head stroke-2 muted"


def test_spaces_count_in_letters_alone(draw):
    text = (
        '<text> <tspan class="name">A</tspan> <tspan class="name">B<tspan> </tspan></tspan></text>'
    )
    root = draw(f"<g>\n<title>Why</title>\n{text}\n</g>")
    assert "".join(root.itertext()) == "Why A B "


def test_a_diagram_without_arrows_defines_none(draw):
    assert list(draw("<line/>").iter("defs")) == []


def test_within_a_page_it_is_a_picture_with_ids_of_its_own_and_no_color(draw):
    body = '<g id="a"><line class="arrow"/></g><use href="#a"/><text>gate &lt; 1</text>'
    text = diagrams.inline(draw(body, language="en", box="0 0 640 60"), "fig-x", 'He said "<"')
    frame = ElementTree.fromstring(text)
    (svg,) = frame
    assert (frame.attrib, frame.text) == ({"class": "diagram-frame"}, None)
    assert (svg.get("class"), svg.get("viewBox")) == ("diagram", "0 0 640 60")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", 'He said "<"')
    assert svg.get("style") == "max-width: 640px; min-width: 470px"  # 15 px shrink to 11 px
    assert re.findall(r'id="(.*?)"', text) == ["fig-x-head", "fig-x-a"]
    assert 'marker-end="url(#fig-x-head)"' in text
    assert 'href="#fig-x-a"' in text
    assert "#" not in text.replace("#fig-x", "")
    assert not {"data-line", "xmlns"} & set(re.findall(r"[\w-]+", text))
    assert ">gate &lt; 1</text>" in text


def test_as_a_file_it_brings_light_colors_its_fonts_and_its_size(draw):
    root = draw('<rect class="box"/>')
    text = diagrams.standalone(root, STYLE, LANGUAGES["zh"])
    svg = ElementTree.fromstring(text)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert (svg.get("width"), svg.get("height")) == ("300", "60")
    assert svg.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert [each.tag.partition("}")[2] for each in svg] == ["style", "rect", "rect"]
    style, ground, _ = svg
    assert ground.attrib == {"class": "paper", "width": "300", "height": "60"}
    assert "var(" not in style.text
    assert "/*" not in style.text
    assert f"stroke: {palette.LINES[1]}" in style.text
    assert style.text.startswith('.diagram { font-family: "Noto Sans CJK SC"')
    assert '{ font-family: "TeX Gyre Heros"' in diagrams.standalone(root, STYLE, LANGUAGES["en"])
    assert "; }\n.box {}\n</style>" in diagrams.standalone(
        root, "/* why */ .box {}", LANGUAGES["en"]
    )
