"""The bundle: which rules stay, where addresses point, icons, and what an unknown file says."""

import hashlib
import re
from types import SimpleNamespace
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import pytest
from sphinx.errors import ExtensionError

from bookkit.web import bundle

SCRIPT = """const shown = "opened"; element.classList.add("tip-" + side, "toast", "toast-new");
box.getPropertyValue("--asked");"""
PAGE = '<p class="note wide modal" id="here" style="top: var(--page)">gone</p>'


@pytest.fixture(scope="module")
def used():
    return bundle.Used(SCRIPT, [PAGE], "zh-CN")


def kept(text, used, folder="."):
    return re.sub(r"\s+", "", bundle.style_sheet(text, folder, used))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("p { color: red }", "p{color:red}"),
        (".note { top: 0 }", ".note{top:0}"),
        (".note.gone { top: 0 }", ""),  # a word of the text is no class
        ("#here > .wide { top: 0 }", "#here>.wide{top:0}"),
        ("#nowhere .wide { top: 0 }", ""),
        (".note, .other, .wide { top: 0 }", ".note,.wide{top:0}"),
        (".opened { top: 0 }", ".opened{top:0}"),  # set by the script
        (".tip-left { top: 0 }", ".tip-left{top:0}"),  # completed by the script
        (".note:is(.other, .wide) { top: 0 }", ".note:is(.other,.wide){top:0}"),
        ("p:not(.other) { top: 0 }", "p:not(.other){top:0}"),
        ('p[class*=".other"] { top: 0 }', 'p[class*=".other"]{top:0}'),
        (
            "p:not(.other, :is(.b, .c)), a[rel='x,y'] { top: 0 }",
            "p:not(.other,:is(.b,.c)),a[rel='x,y']{top:0}",
        ),
        (".w-1\\.5 { top: 0 }", ""),
        ("@media print { .other { top: 0 } .note { top: 0 } }", "@mediaprint{.note{top:0}}"),
        ("@media print { .other { top: 0 } }", ""),
        ("@supports (top: 0) { @media print { .other { top: 0 } } }", ""),
        ("@keyframes turn { to { top: 0 } }", "@keyframesturn{to{top:0}}"),
        ('@charset "utf-8"; /* why */ p { top: 0 /* there */ }', "p{top:0}"),
        ("/*! a licence */ .other { top: 0 }", "/*!alicence*/"),
        ("p { color: #fff }", "p{color:#fff}"),  # a color, no id
        (".5p { top: 0 }", ".5p{top:0}"),
        (".toast, .toast-new { top: 0 }", ""),  # a part that no page has, whatever scripts say
        (".modal { top: 0 }", ".modal{top:0}"),  # a page has it
        ("html:lang(zh) p, html:lang(en) p { top: 0 }", "html:lang(zh)p{top:0}"),
        (":where(html:lang(en) .note) p { top: 0 }", ""),
        ("em:lang(en) { top: 0 }", "em:lang(en){top:0}"),  # a passage
    ],
)
def test_rules_stay_for_names_that_occur(used, text, left):
    assert kept(text, used) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("p{--a:1;--b:2;top:var(--a)}", "p{--a:1;top:var(--a)}"),
        ("p{--a: 1}q{top:0}", "q{top:0}"),
        ("p{--a:var(--b)}html{--b:1}q{top:0}", "q{top:0}"),  # read by what nothing reads
        (
            "p{--a:var(--b);top:var( --a, 0)}html{--b:1}",
            "p{--a:var(--b);top:var( --a, 0)}html{--b:1}",
        ),
        ('p{--a:url("data:;{x}");top:0}', "p{top:0}"),
        ("p{--asked:1;--page:2}", "p{--asked:1;--page:2}"),  # by a script, and by a page
        ("@media print{p{--a:1}q{top:0}}", "@media print{q{top:0}}"),
    ],
)
def test_variables_stay_that_something_reads(used, text, left):
    assert bundle.without_variables(text, used) == left


@pytest.mark.parametrize(
    ("address", "moved"),
    [
        ("url(../fonts/a.woff2)", "url(fonts/a.woff2)"),
        ('url("b.svg")', 'url("styles/b.svg")'),
        ('url( "b.svg" )', 'url("styles/b.svg")'),
        ("image-set(url(../c.png) 2x)", "image-set(url(c.png)2x)"),
        ("url(data:image/png;base64,AA)", "url(data:image/png;base64,AA)"),
        ('url("#shape")', 'url("#shape")'),
    ],
)
def test_addresses_still_name_the_same_files(used, address, moved):
    assert kept(f"p {{ mask: {address} }}", used, "styles") == f"p{{mask:{moved}}}"
    font = f"@font-face {{ src: {address} }}"
    assert kept(font, used, "styles") == f"@font-face{{src:{moved}}}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("p { top: 0 } }", "braces do not match"),
        ("@import 'other.css';", "ignore @import 'other"),
        ("p:not(a:is(b:where(i))) { top: 0 }", r"deeper than the bundle reads: p:not\(a:is"),
    ],
)
def test_what_a_browser_would_drop_is_an_error(used, text, problem):
    with pytest.raises(ExtensionError, match=problem):
        bundle.style_sheet(text, ".", used)


def page_context(*scripts):
    return {
        "css_files": [SimpleNamespace(filename="_static/mystnb.1a2b.css")],
        "script_files": [SimpleNamespace(filename=name) for name in scripts],
    }


def test_a_page_loads_the_bundle_alone_and_unknown_files_are_named():
    app = SimpleNamespace(builder=SimpleNamespace(name="html"))
    context = page_context("_static/copybutton.js", None)
    bundle.use(app, "first", "page.html", context, None)
    assert context == {"css_files": [], "script_files": []}
    with pytest.raises(ExtensionError, match=r"^first loads _static/new\.js, .* in bookkit/"):
        bundle.use(app, "first", "page.html", page_context("_static/new.js"), None)


def test_a_built_page_names_the_version_that_lies_beside_it(built_book):
    for language in ("zh", "en"):
        static = built_book.folder / "out" / language / "html" / "_static"
        text = built_book.page(language, "part/second")
        loaded = re.findall(r'(?:href|src)="\.\./_static/([^"]+\.(?:css|js)[^"]*)"', text)
        assert loaded == [
            f"{name}?v={hashlib.sha256((static / name).read_bytes()).hexdigest()[:8]}"
            for name in ("bundle.css", "bundle.js")
        ]
        left = {path.name for path in static.rglob("*.[cj]s*")}
        assert left.isdisjoint({*bundle.UNUSED, "basic.css", "copybutton.js", "bootstrap.js"})
        assert "sourceMappingURL" not in (static / "bundle.js").read_text(encoding="utf-8")


def test_the_mode_is_known_before_the_first_paint(built_book):
    text = built_book.page("en", "first")
    head = text[: text.index("</head>")]
    assert (
        'dataset.theme = document.documentElement.dataset.mode.replace("auto", matchMedia(' in head
    )
    assert 'getItem("theme")' not in head


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(ExtensionError, match=r"one file _static/mystnb\.\*\.css, found 0"):
        list(bundle._files(tmp_path, ["mystnb.*.css"]))


def shapes():
    found = re.findall(r'\.fa-([\w-]+) \{ --icon: url\("([^"]+)"\); \}', bundle.icon_rules())
    return {name: unquote(data.removeprefix("data:image/svg+xml,")) for name, data in found}


def test_every_icon_is_a_well_formed_picture():
    assert tuple(shapes()) == bundle.ICONS
    for svg in shapes().values():
        root = Xml.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert re.fullmatch(r"0 0 \d+ 512", root.get("viewBox"))
        assert root[0].get("d").startswith("M")


def test_shapes_are_the_solid_ones():
    # the outlined moon has a second, inner path; the solid one is a single line around
    assert shapes()["moon"].count("z") < 3
    assert len(set(shapes().values())) == len(bundle.ICONS)


def test_the_notice_of_the_licence_is_kept():
    assert bundle.icon_rules().startswith("/*! Icons: Font Awesome Free")
    assert "CC BY 4.0" in bundle.icon_rules()


def test_an_icon_that_the_theme_lost_is_an_error(monkeypatch):
    monkeypatch.setattr(bundle, "ICONS", ("moon", "no-such-icon"))
    with pytest.raises(ExtensionError, match="has no icon 'no-such-icon'"):
        bundle.icon_rules()
