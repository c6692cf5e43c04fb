"""A chart of points with their spread, drawn with the shapes and words of diagrams.

So it follows the reader's color mode on the site, and has letters of the page's language in print.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 58, 456, 34, 268  # edges of the plane, in pixels
LETTER, CHARACTER = 7, 13  # widths in small words, in pixels; characters are Chinese
MARGIN = 0.08  # of the plane, kept free on each side
# Corners of marks around their middle, by series: a circle, which has none, a square, a triangle,
# a diamond, a triangle upside down and a cross. Each series has a color of its own, too.
SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)),
    ((0, -6), (5.5, 4.5), (-5.5, 4.5)),
    ((0, -6.5), (6, 0), (0, 6.5), (-6, 0)),
    ((0, 6), (5.5, -4.5), (-5.5, -4.5)),
    ((-2, -6), (2, -6), (2, -2), (6, -2), (6, 2), (2, 2), (2, 6), (-2, 6), (-2, 2),
     (-6, 2), (-6, -2), (-2, -2)),
)  # fmt: skip
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Point:
    """What a recipe reached, with its deviations; `other` if somebody else published it.

    Points of one name with `curve` are joined.
    """

    name: str
    x: float
    y: float
    x_spread: float = 0
    y_spread: float = 0
    other: bool = False
    curve: bool = False


@dataclass(frozen=True)
class Axis:
    """Values along an axis, and the pixels where it begins and ends."""

    low: float
    high: float
    start: int
    end: int
    log: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        low, high, place = map(math.log10 if self.log else float, (self.low, self.high, value))
        return self.start + (place - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return round values, some three to seven."""
        if not self.log:
            least = (self.high - self.low) / 6 * 0.999
            power = 10.0 ** math.floor(math.log10(least))
            step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
            first, last = math.ceil(self.low / step), math.floor(self.high / step)
            return [number * step for number in range(first, last + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5)):
            values = [digit * 10.0**power for power in powers for digit in digits]
            inside = [value for value in values if self.low <= value <= self.high]
            if len(inside) >= 3:
                break
        return inside


@dataclass(frozen=True)
class Mark:
    """A point in pixels: its middle, and the ends of its spread."""

    point: Point
    x: float
    y: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def box(self) -> Box:
        """What the mark and its spread cover."""
        left, right = min(self.x - 7, self.left), max(self.x + 7, self.right)
        return left, min(self.y - 7, self.top), right, max(self.y + 7, self.bottom)


def axis_of(values: Sequence[float], start: int, end: int, log: bool = False) -> Axis:
    """Return an axis that holds all values, with a margin.

    Raises:
        ValueError: a logarithm of what is not positive.
    """
    low, high = min(values), max(values)
    if log:
        if low <= 0:
            raise ValueError(f"Expected positive values for a logarithmic axis. Received: {low}")
        ratio = (high / low) ** MARGIN if high > low else 2
        return Axis(low / ratio, high * ratio, start, end, log)
    room = MARGIN * (high - low) or 0.5 * abs(high) or 1
    return Axis(low - room, high + room, start, end)


def tick_label(value: float, share: bool) -> str:
    """Write a tick: a percentage, a power of ten with its index, or a plain number."""
    if share:
        return f"{100 * value:.6g}%"
    if abs(value) < 1e6:
        return f"{value:,.6g}"
    power = math.floor(math.log10(value))
    factor = round(value / 10.0**power)
    return f"10^{{{power}}}" if factor == 1 else f"{factor}·10^{{{power}}}"


def draw(points: Sequence[Point], xlabel: str, ylabel: str, *, log: bool = False) -> Element:
    """Draw points over two axes.

    Args:
        points: what to draw, in the order of their colors.
        xlabel: what the horizontal axis says.
        ylabel: what the vertical axis says.
        log: whether the horizontal axis is logarithmic.

    Returns:
        an SVG with the classes of diagrams.

    Raises:
        ValueError: a logarithm of what is not positive.
    """
    # Half of a spread may reach below zero, where there is no logarithm.
    lows = [max(p.x - p.x_spread, p.x / 2 if log else -math.inf) for p in points]
    highs = [p.x + p.x_spread for p in points]
    x = axis_of([*lows, *highs], LEFT, RIGHT, log)
    y = axis_of([p.y + sign * p.y_spread for p in points for sign in (-1, 1)], BOTTOM, TOP)
    # Points that belong together: those of a curve, each other one alone.
    series: dict[str | int, list[Mark]] = {}
    for index, (p, low, high) in enumerate(zip(points, lows, highs, strict=True)):
        top, bottom = y.at(p.y + p.y_spread), y.at(p.y - p.y_spread)
        mark = Mark(p, x.at(p.x), y.at(p.y), x.at(low), top, x.at(high), bottom)
        series.setdefault(p.name if p.curve else index, []).append(mark)
    root = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "class": "diagram",
    })  # fmt: skip
    _draw_axes(root, x, y, xlabel, ylabel)
    for number, marks in enumerate(series.values()):
        if len(marks) > 1:
            places = " L ".join(f"{mark.x:.1f} {mark.y:.1f}" for mark in marks)
            _add(root, "path", f"line thin {_color(number)}", d=f"M {places}")
    numbered = [(mark, number) for number, marks in enumerate(series.values()) for mark in marks]
    for mark, number in sorted(numbered, key=lambda pair: not pair[0].point.other):
        _draw_mark(root, mark, number)  # color lies on top
    _draw_names(root, list(series.values()))
    return root


def _draw_axes(root: Element, x: Axis, y: Axis, xlabel: str, ylabel: str) -> None:
    for value in y.ticks():
        _draw_line(root, "muted", LEFT, y.at(value), LEFT - 5, y.at(value))
        _draw_word(root, "end", LEFT - 9, y.at(value), tick_label(value, y.high <= 1.1))
    for value in x.ticks():
        _draw_line(root, "muted", x.at(value), BOTTOM, x.at(value), BOTTOM + 5)
        _draw_word(root, "", x.at(value), BOTTOM + 17, tick_label(value, x.high <= 1.1))
    _add(root, "path", "line", d=f"M {LEFT} {TOP} V {BOTTOM} H {RIGHT}")
    _draw_word(root, "", (LEFT + RIGHT) / 2, HEIGHT - 14, xlabel)
    _draw_word(root, "start", 4, 14, ylabel)


def _draw_mark(root: Element, mark: Mark, number: int) -> None:
    """Draw a point and its spread; what others published is a circle without color."""
    fill, color = ("box", "muted") if mark.point.other else ("dot", _color(number))
    if mark.point.x_spread:
        _draw_line(root, color, mark.left, mark.y, mark.right, mark.y)
    if mark.point.y_spread:
        _draw_line(root, color, mark.x, mark.top, mark.x, mark.bottom)
    corners = SHAPES[0 if mark.point.other else number % len(SHAPES)]
    if corners:
        places = (f"{mark.x + across:.1f},{mark.y + down:.1f}" for across, down in corners)
        _add(root, "polygon", f"{fill} {color}", points=" ".join(places))
    else:
        _add(root, "circle", f"{fill} {color}", cx=mark.x, cy=mark.y, r=5)


def _draw_names(root: Element, series: list[list[Mark]]) -> None:
    """Write each name where it meets no mark, no line, no other name and no edge, if it can.

    That of a curve stands at one of its points, at the last if there is room.
    """
    taken = [mark.box for marks in series for mark in marks]
    taken += [box for marks in series for box in _boxes_along(marks)]
    for marks in series:
        places = [place for mark in reversed(marks) for place in _places_of_name(mark)]
        look, x, y, box = min(places, key=lambda place: _trouble(place[-1], taken))
        taken.append(box)
        _draw_word(root, look, x, y, marks[0].point.name)


def _boxes_along(marks: Sequence[Mark]) -> Iterator[Box]:
    """Yield small boxes along the lines that join marks."""
    for start, end in pairwise(marks):
        steps = max(round((end.x - start.x) / 6), 1)
        for step in range(1, steps):
            x = start.x + (end.x - start.x) * step / steps
            y = start.y + (end.y - start.y) * step / steps
            yield x - 2, y - 2, x + 2, y + 2


def _places_of_name(mark: Mark) -> Iterator[tuple[str, float, float, Box]]:
    """Yield where a name may stand beside its mark: how it is anchored, where, and its box."""
    widths = (unicodedata.east_asian_width(letter) for letter in mark.point.name)
    width = sum(CHARACTER if kind in "WF" else LETTER for kind in widths)
    left, top, right, bottom = mark.box
    x, y = (left + right) / 2, (top + bottom) / 2
    places = [("start", right + 4, y), ("end", left - 4, y)]
    for level in (top - 9, bottom + 9):
        places += [("", x, level), ("start", x - 4, level), ("end", x + 4, level)]
    for anchor, x, y in places:
        start = x - {"start": 0, "": width / 2, "end": width}[anchor]
        yield anchor, x, y, (start, y - 7, start + width, y + 7)


def _trouble(box: Box, taken: Sequence[Box]) -> float:
    """Count what a name would cover, and how far it would leave the picture."""
    left, top, right, bottom = box
    covered = sum(
        left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
        for other in taken
    )
    beyond = max(LEFT + 4 - left, 0) + max(right - WIDTH, 0) + max(bottom - BOTTOM + 2, 0)
    return 100 * covered + beyond + max(TOP - 8 - top, 0)


def _color(number: int) -> str:
    return f"stroke-{number % len(SHAPES) + 1}"


def _draw_line(root: Element, color: str, x1: float, y1: float, x2: float, y2: float) -> None:
    _add(root, "line", f"line thin {color}", x1=x1, y1=y1, x2=x2, y2=y2)


def _draw_word(root: Element, anchor: str, x: float, y: float, text: str) -> None:
    """Write a word; what stands between `^{` and `}` is raised."""
    before, mark, after = text.partition("^{")
    word = _add(root, "text", f"small name {anchor}".strip(), x=x, y=y)
    word.text = before
    if mark:
        _add(word, "tspan", "index", dy=-5).text = after.removesuffix("}")


def _add(parent: Element, tag: str, classes: str, **attributes: float | str) -> Element:
    """Add an element; numbers are pixels, written to a tenth."""
    written = {
        name: value if isinstance(value, str) else str(round(value, 1))
        for name, value in attributes.items()
    }
    return SubElement(parent, tag, {"class": classes, **written})
