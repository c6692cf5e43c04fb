"""The icons as a style sheet: each shape from the theme's own script."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import pytest
from sphinx.errors import ExtensionError

from bookkit.web import icons


def shapes():
    found = re.findall(r'\.fa-([\w-]+) \{ --icon: url\("([^"]+)"\); \}', icons.style_sheet())
    return {name: unquote(data.removeprefix("data:image/svg+xml,")) for name, data in found}


def test_every_icon_is_a_well_formed_picture():
    assert tuple(shapes()) == icons.NAMES
    for svg in shapes().values():
        root = Xml.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert re.fullmatch(r"0 0 \d+ 512", root.get("viewBox"))
        assert root[0].get("d").startswith("M")


def test_shapes_are_the_solid_ones():
    # the outlined moon has a second, inner path; the solid one is a single line around
    assert shapes()["moon"].count("z") < 3
    assert len(set(shapes().values())) == len(icons.NAMES)


def test_the_notice_of_the_licence_is_kept():
    assert icons.style_sheet().startswith("/*! Icons: Font Awesome Free")
    assert "CC BY 4.0" in icons.style_sheet()


def test_an_icon_that_the_theme_lost_is_an_error(monkeypatch):
    monkeypatch.setattr(icons, "NAMES", ("moon", "no-such-icon"))
    with pytest.raises(ExtensionError, match="has no icon 'no-such-icon'"):
        icons.style_sheet()
