"""The colors of the book, in one place for site, EPUB, PDF and covers.

The two accents are the first and the sixth color of the figures (`kerasbook.plots`), which readers
copy. Nothing draws the covers again: a test names the one that has another accent.

To change the accent, change `ACCENT`, its darker `STRONG` and its lighter `ON_DARK` together. The
first and the sixth of `LINES` are the accents in diagrams, so `LINES_ON_DARK` needs brighter
versions of the new ones.
"""

import re

ACCENT = "#0072B2"  # links, edges of code, numbers of chapters
STRONG = "#00588A"  # the accent where letters are small, or the ground is not quite white
ON_DARK = "#56B4E9"  # the accent in dark mode and on covers
INK, MUTED, RULE = "#1B2A36", "#5F6B76", "#CBD3DA"  # words, asides and lines
DEEP = "#12324A"  # the ground of covers, of the mark, and of the first page's head

# Behind code and cards, and the lines around them; on a dark page and on a white one.
LIGHT = {"accent": ACCENT, "strong": STRONG, "surface": "#F2F6F9", "rule": RULE}
DARK = {"accent": ON_DARK, "strong": ON_DARK, "surface": "#1B242C", "rule": "#3A4651"}
COVER = {"deep": DEEP, "ondeep": ON_DARK}  # the same in both modes
# Of diagrams: the first six colors of the figures, and the same as bright as a dark page needs.
LINES = (ACCENT, "#D55E00", "#009E73", "#CC79A7", "#E69F00", ON_DARK)
LINES_ON_DARK = ("#4A9FDD", "#F0833A", "#2DBE94", "#DE9BC1", "#F0B53A", "#8FD0F7")
PRINT = {**LIGHT, "ink": INK, "muted": MUTED, "rule": RULE}
TINT = 0.18  # of its line's color in the ground of a shape
VARIABLE = re.compile(r"var\(--book-(\w+)\)")


def _mixed(color: str, ground: str, share: float) -> str:
    """Mix two colors, so much of the first."""
    pairs = zip(*(bytes.fromhex(each[1:]) for each in (color, ground)), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02X}" for one, other in pairs)


def _drawn(lines: tuple[str, ...], **plain: str) -> dict[str, str]:
    """Name the colors of diagrams: lines, the pale grounds that go with them, and plain ones."""
    numbered = list(enumerate(lines, start=1))
    return {
        **plain,
        **{f"line{number}": color for number, color in numbered},
        **{f"fill{number}": _mixed(color, plain["paper"], TINT) for number, color in numbered},
    }


DRAWN = _drawn(LINES, ink=INK, muted=MUTED, paper="#FFFFFF")
DRAWN_ON_DARK = _drawn(LINES_ON_DARK, ink="#DCE3E9", muted="#9CA7B2", paper="#11171C")
FRAMES = {"light": DRAWN["paper"], "dark": DRAWN_ON_DARK["paper"]}  # around a page, on a phone


def rules() -> str:
    """Hand the colors over to style sheets that browsers read, as `var(--book-accent)`."""
    light = _rule("html", LIGHT | DRAWN | COVER)
    return light + _rule('html[data-theme="dark"]', DARK | DRAWN_ON_DARK)


def rules_of_the_system() -> str:
    """Hand them over to a page that has no choice of modes of its own."""
    dark = _rule("html", DARK | DRAWN_ON_DARK)
    return _rule("html", LIGHT | DRAWN | COVER) + f"@media (prefers-color-scheme: dark){{{dark}}}\n"


def _rule(selector: str, colors: dict[str, str]) -> str:
    variables = "".join(f"--book-{name}:{color};" for name, color in colors.items())
    return f"{selector}{{{variables}}}\n"


def filled(style: str) -> str:
    """Write the colors into a style sheet for what knows no variables, such as many e-readers."""
    colors = LIGHT | DRAWN
    return VARIABLE.sub(lambda found: colors[found[1]], style)


def tex() -> str:
    """Define the colors for TeX, as `bookaccent`."""
    return "".join(
        rf"\definecolor{{book{name}}}{{HTML}}{{{color[1:]}}}" for name, color in PRINT.items()
    )
