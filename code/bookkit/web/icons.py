"""The theme's icons as a small style sheet, in place of a script with all two thousand of them.

The shapes are Font Awesome Free's, taken from the theme's own copy, so they change with the theme.
"""

import re
from importlib.resources import files
from urllib.parse import quote

from sphinx.errors import ExtensionError

# What the theme's templates show on our pages; a test looks for others in the built site.
NAMES = (
    "angle-left", "angle-right", "arrow-up", "bars", "chevron-down", "circle-half-stroke",
    "download", "file-lines", "home", "list", "magnifying-glass", "moon", "sun", "xmark",
)  # fmt: skip
# Old names in the theme's templates, for which its script holds the new ones.
ALIASES = {"home": "house"}
SCRIPT = "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
NOTICE = (
    "/*! Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0, Copyright Fonticons, Inc. */"
)
RULES = """
.fa-solid { display: inline-block; font-family: inherit; }
.fa-solid::before {
  content: ""; display: block; width: 1em; height: 1em; background: currentColor;
  mask: var(--icon) center / contain no-repeat; margin: auto; vertical-align: -0.125em;
}
.fa-fw { width: 1.25em; }
.fa-lg { font-size: 1.25em; line-height: 0.05em; vertical-align: -0.075em; }
"""


def style_sheet() -> str:
    """Return the rules for every icon of `NAMES`."""
    script = files("pydata_sphinx_theme").joinpath(SCRIPT).read_text(encoding="utf-8")
    icons = "".join(f'.fa-{name} {{ --icon: url("{_image(script, name)}"); }}\n' for name in NAMES)
    return f"{NOTICE}\n{RULES.strip()}\n{icons}"


def _image(script: str, name: str) -> str:
    # solid icons come last in the script, after the brands and the outlined ones
    shape = rf'[{{,]"?{ALIASES.get(name, name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]*)"\]'
    found = re.findall(shape, script)
    if not found:
        raise ExtensionError(f"the theme's fontawesome.js has no icon {name!r}")
    width, height, path = found[-1]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return "data:image/svg+xml," + quote(f"{svg}<path d='{path}'/></svg>", safe=" ='/:,()")
