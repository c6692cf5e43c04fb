"""The colors of the book, in one place for site, EPUB, PDF and covers.

The two accents are the first and the sixth color of the figures (`kerasbook.plots`), which readers
copy. Nothing draws the covers again: a test names the one that has another accent.
"""

import re

ACCENT = "#0072B2"  # links, edges of code, numbers of chapters
STRONG = "#00588A"  # the accent where letters are small, or the ground is not quite white
ON_DARK = "#56B4E9"  # the accent in dark mode and on covers
INK, MUTED, RULE = "#1B2A36", "#5F6B76", "#CBD3DA"  # headings, asides and lines in print

LIGHT = {"accent": ACCENT, "strong": STRONG}
DARK = {"accent": ON_DARK, "strong": ON_DARK}
PRINT = {**LIGHT, "ink": INK, "muted": MUTED, "rule": RULE}
VARIABLE = re.compile(r"var\(--book-(\w+)\)")


def rules() -> str:
    """Hand the colors over to style sheets that browsers read, as `var(--book-accent)`."""
    modes = (("html", LIGHT), ('html[data-theme="dark"]', DARK))
    return "".join(
        f"{mode}{{{''.join(f'--book-{name}:{color};' for name, color in colors.items())}}}\n"
        for mode, colors in modes
    )


def filled(style: str) -> str:
    """Write the colors into a style sheet for e-readers, many of which know no variables."""
    return VARIABLE.sub(lambda found: LIGHT[found[1]], style)


def tex() -> str:
    """Define the colors for TeX, as `bookaccent`."""
    return "".join(
        rf"\definecolor{{book{name}}}{{HTML}}{{{color[1:]}}}" for name, color in PRINT.items()
    )
