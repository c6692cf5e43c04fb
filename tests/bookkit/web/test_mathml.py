"""Mathematics as MathML."""

import re

import pytest

from bookkit.web import mathml


def test_signs_beside_a_formula_stay_on_its_line(built_book):
    text = built_book.article("zh", "first")
    kept = re.findall(r'<span class="together"><math.*?</math>(.*?)</span>', text)
    assert kept == ["，", "。"]
    assert "</math></span>，" not in text


def test_mathematics_is_mathml_and_no_script(built_book, tags):
    text = built_book.page("en", "first")
    found = tags(text)
    assert [one["display"] for one in found.all("math")].count("block") == 1
    assert "<msup><mi>a</mi><mn>2</mn></msup>" in text
    assert r"\(" not in built_book.article("en", "first")
    assert '<a class="reference internal" href="#equation-eq-square">(1)</a>' in text
    assert [one for one in found.all("script") if "mathjax" in one.get("src", "").lower()] == []


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"\frac{1}{n}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>"),
        (r"\text{如果}", "<mtext>如果</mtext>"),
    ],
)
def test_tex_is_converted(tex, expected):
    inline = mathml.render(tex, display=False)
    assert expected in inline
    assert 'display="inline"' in inline
    assert 'display="block"' in mathml.render(tex, display=True)


def formula(tex, display=False):
    """Return a formula without what its elements have in common."""
    return mathml.render(tex, display=display).partition("<mrow>")[2].removesuffix("</mrow></math>")


def test_bars_open_and_close_and_grow_only_when_told():
    opened, closed = (
        f'<mo stretchy="false" form="{form}">|</mo>' for form in ("prefix", "postfix")
    )
    assert formula("|r| = |s|").count(opened) == formula("|r| = |s|").count(closed) == 2
    assert formula("|r|") == f"{opened}<mi>r</mi>{closed}"
    norm = formula(r"\lVert g \rVert^2")
    assert norm.startswith('<mo stretchy="false" form="prefix">‖</mo><mi>g</mi><msup>')
    assert 'form="postfix">‖</mo><mn>2</mn></msup>' in norm
    assert 'stretchy="true"' in formula(r"\left|\frac{1}{2}\right|")


@pytest.mark.parametrize(
    ("tex", "parted"),
    [
        (r"\log 2", "<mi>log</mi><mspace/><mn>2</mn>"),
        (r"2 \log 2", "<mn>2</mn><mspace/><mi>log</mi><mspace/><mn>2</mn>"),
        (r"\log(p)", '<mi>log</mi><mo stretchy="false">('),
        (r"-\log p", "<mo>−</mo><mi>log</mi><mspace/><mi>p</mi>"),
        (r"\max(z, 0)", '<mi>max</mi><mo stretchy="false">('),
        (r"\log\,x", "<mi>log</mi><mspace/><mi>x</mi>"),
    ],
)
def test_a_function_is_parted_from_what_it_is_applied_to(tex, parted):
    found = formula(tex).replace(f' width="{mathml.THIN}" />', "/>")
    assert parted in found
    assert found.count("<mspace") == parted.count("<mspace")


@pytest.mark.parametrize(
    ("tex", "signs"), [("x = -1", 1), ("(a, -1)", 1), ("a - b", 0), ("|a| - b", 0), ("(a) - b", 0)]
)
def test_a_minus_is_a_sign_where_nothing_stands_before_it(tex, signs):
    assert formula(tex).count('<mo form="prefix">−</mo>') == signs
    both = formula(tex.replace("-", r"\pm "))
    assert both.count('<mo form="prefix">±</mo>') == signs


def test_thousands_are_one_number_and_plus_minus_is_an_operator():
    assert formula("3{,}840{,}128 + 46{,}890") == "<mn>3,840,128</mn><mo>+</mo><mn>46,890</mn>"
    assert "<mi>a</mi><mn>1</mn><mo>,</mo>" in formula("a1, 123")
    assert formula(r"a \pm b") == "<mi>a</mi><mo>±</mo><mi>b</mi>"


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"a, \qquad b .", ["a, ", " b ."]),
        (r"\text{if \qquad so}", [r"\text{if \qquad so}"]),
        (r"\begin{cases} a \qquad b \end{cases} \qquad c", 2),
        (r"\left( a \qquad b \right)", 1),
        (r"a \qquadx b", 1),
    ],
)
def test_a_display_is_split_between_its_formulas(tex, parts):
    found = mathml.parts(tex)
    assert (found if isinstance(parts, list) else len(found)) == parts


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"-\infty", '<mo>−</mo><mi mathvariant="normal">∞</mi>'),
        (r"\partial L", '<mi mathvariant="normal">∂</mi><mi>L</mi>'),
        (r"\Phi\varphi", '<mi mathvariant="normal">Φ</mi><mi>φ</mi>'),
        ("n/B", '<mi>n</mi><mo lspace="0" rspace="0">/</mo><mi>B</mi>'),
        (r"1, \ldots", "<mi>…</mi>"),
        ("x_{l-1}", '<mi>l</mi><mo lspace="0" rspace="0">−</mo><mn>1</mn>'),
        ("W'", '<mrow><mi>W</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        ("W'_t", '<mo lspace="0" rspace="0">′</mo></mrow><mi>t</mi></msub>'),
    ],
)
def test_signs_stand_as_close_as_in_tex(tex, expected):
    assert expected in formula(tex)


def test_a_bar_belongs_to_its_letter():
    assert '<mover accent="true">' in formula(r"\bar x")
    assert 'stretchy="false"' in formula(r"\bar x")
    assert "<mover accent" not in formula(r"\overline{ab}")


def test_limits_stand_below_and_above_in_a_display_only():
    assert "<munderover><mo>∑</mo>" in formula(r"\sum_{i=1}^{n} i", display=True)
    assert "<munder><mi>max</mi>" in formula(r"\max_j z_j", display=True)
    assert "<msub><mi>max</mi>" in formula(r"\max_j z_j")
    assert "munder" not in formula(r"\frac{e}{\sum_j e}", display=True)


@pytest.mark.parametrize(
    "tex", [r"\begin{aligned} a &= b \end{aligned}", r"\begin{gathered} a \\ b \end{gathered}"]
)
def test_columns_and_lines_that_would_be_lost_are_refused(tex):
    with pytest.raises(ValueError, match="columns or lines that would be lost"):
        mathml.render(tex, display=True)


def test_a_command_that_would_show_as_text_is_refused():
    with pytest.raises(ValueError, match=r"^TeX '\\\\nosuch\{x\}' holds a command that "):
        mathml.render(r"\nosuch{x}", display=False)
