"""The picture of the first page in the README: `python -m bench.picture`, on a built site."""

from pathlib import Path

from PIL import Image

from bench import browsing
from bookkit.languages import FALLBACK
from bookkit.paths import BOOK

TARGET = BOOK / "first-page.png"
COLORS = 128  # of the palette of the file: a page has few
# Strokes of a seven, as shares of the board.
SEVEN = [(0.22, 0.2), (0.78, 0.2), (0.42, 0.85)]


def take(target: Path) -> None:
    """Open the first page as a reader would, draw a seven, and save what the window shows."""
    with browsing.built_site() as (browser, site):
        page = browser.new_page(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{site.address}{FALLBACK}/index.html")
        box = page.locator(".live-draw canvas").bounding_box()
        assert box is not None
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=12)
        page.mouse.up()
        page.screenshot(path=target)
    with Image.open(target) as picture:
        small = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


if __name__ == "__main__":
    take(TARGET)
