"""The mark of the book, a digit that its first network reads: in tabs, bookmarks and links."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageColor

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


def svg() -> str:
    """Draw the mark as a scalable picture."""
    dots = "".join(
        f'<path d="M{MARGIN + DOT * column} {MARGIN + DOT * row}h{DOT}v{DOT}h-{DOT}z" '
        f'opacity="{ink / FULL:.2f}"/>'
        for row, line in enumerate(DIGIT)
        for column, ink in enumerate(line)
        if ink
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" fill="{ON_DARK}">'
        f'<rect width="{SIDE}" height="{SIDE}" rx="{CORNER}" fill="{DEEP}"/>{dots}</svg>\n'
    )


def picture(side: int) -> Image.Image:
    """Draw the mark in pixels."""
    ink, ground = (np.array(ImageColor.getrgb(color)) for color in (ON_DARK, DEEP))
    strength = np.pad(np.kron(DIGIT, np.ones((DOT, DOT))) / FULL, MARGIN)[..., None]
    pixels = np.rint(strength * ink + (1 - strength) * ground).astype(np.uint8)
    tile = Image.fromarray(pixels).convert("RGBA")
    return tile.resize((side, side), Image.Resampling.BOX if side < SIDE else 0)


def write(site: Path) -> None:
    """Write the mark for browsers old and new, and for links."""
    (site / "favicon.svg").write_text(svg(), encoding="utf-8")
    *smaller, largest = [picture(side) for side, _ in ICON_SIZES]
    largest.save(site / "favicon.ico", sizes=ICON_SIZES, append_images=smaller)
    picture(CARD).save(site / "mark.png", optimize=True)
