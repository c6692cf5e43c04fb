"""The mark of the book, a digit that its first network reads: in tabs, bookmarks and links."""

from pathlib import Path

from PIL import Image, ImageDraw

from bookkit.palette import DEEP, ON_DARK

# The ink, 0 to 16, of the fourth test digit of the first page.
DIGIT = (
    (0, 1, 9, 15, 16, 6, 0, 0),
    (0, 13, 15, 10, 16, 11, 0, 0),
    (0, 5, 3, 4, 16, 7, 0, 0),
    (0, 0, 0, 8, 16, 7, 0, 0),
    (0, 0, 0, 1, 13, 15, 5, 0),
    (0, 0, 0, 0, 2, 13, 11, 0),
    (0, 0, 12, 5, 3, 13, 14, 0),
    (0, 0, 10, 16, 16, 14, 5, 0),
)
FULL = 16
SIDE, MARGIN, DOT, CORNER = 32, 4, 3, 6  # of the tile, before it is scaled
ICON_SIZES = [(16, 16), (32, 32), (48, 48)]
CARD = 512  # pixels, where a link to the book is shown with its picture


def _dots() -> list[tuple[int, int, float]]:
    """Return left, top and strength of each dot with ink."""
    return [
        (MARGIN + DOT * column, MARGIN + DOT * row, ink / FULL)
        for row, line in enumerate(DIGIT)
        for column, ink in enumerate(line)
        if ink
    ]


def svg() -> str:
    """Draw the mark as a scalable picture."""
    dots = "".join(
        f'<path d="M{left} {top}h{DOT}v{DOT}h-{DOT}z" opacity="{strength:.2f}"/>'
        for left, top, strength in _dots()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" fill="{ON_DARK}">'
        f'<rect width="{SIDE}" height="{SIDE}" rx="{CORNER}" fill="{DEEP}"/>{dots}</svg>\n'
    )


def picture(side: int) -> Image.Image:
    """Draw the mark in pixels."""
    tile = Image.new("RGBA", (SIDE, SIDE), DEEP)
    brush = ImageDraw.Draw(tile)
    for left, top, strength in _dots():
        brush.rectangle((left, top, left + DOT - 1, top + DOT - 1), fill=_faded(strength))
    return tile.resize((side, side), Image.Resampling.BOX if side < SIDE else 0)


def _faded(strength: float) -> tuple[int, ...]:
    """Mix the color of the ink with the ground, so much of the first."""
    ink, ground = (bytes.fromhex(each[1:]) for each in (ON_DARK, DEEP))
    return tuple(
        round(strength * one + (1 - strength) * other)
        for one, other in zip(ink, ground, strict=True)
    )


def write(site: Path) -> None:
    """Write the mark for browsers old and new, and for links."""
    (site / "favicon.svg").write_text(svg(), encoding="utf-8")
    *smaller, largest = [picture(side) for side, _ in ICON_SIZES]
    largest.save(site / "favicon.ico", sizes=ICON_SIZES, append_images=smaller)
    picture(CARD).save(site / "mark.png", optimize=True)
