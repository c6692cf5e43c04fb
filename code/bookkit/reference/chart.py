"""A chart of points with their spread, drawn with the shapes and words of diagrams.

So it follows the reader's color mode on the site, and has letters of the page's language in print.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from xml.etree.ElementTree import Element, SubElement

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 58, 456, 34, 268  # edges of the plane, in pixels
LETTER = 13  # px, of small words
MARKS = 6  # series that differ by shape and color
MARGIN = 0.08  # of the plane, kept free on each side
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
        low, high, here = (
            math.log10(max(one, 1e-300)) if self.log else one
            for one in (self.low, self.high, value)
        )
        return self.start + (here - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return round values, some three to seven."""
        if not self.log:
            step = _round_step((self.high - self.low) / 6)
            first = math.ceil(self.low / step)
            return [number * step for number in range(first, math.floor(self.high / step) + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5)):
            found = [digit * 10.0**power for power, digit in product(powers, digits)]
            inside = [value for value in found if self.low <= value <= self.high]
            if len(inside) >= 3:
                break
        return inside


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


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)


def told(value: float, share: bool) -> str:
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
    """
    ends = [(p.x - p.x_spread, p.x + p.x_spread) for p in points]
    if log:  # half of a spread may reach below zero
        ends = [(max(low, p.x / 2), high) for p, (low, high) in zip(points, ends, strict=True)]
    x = axis_of([end for pair in ends for end in pair], LEFT, RIGHT, log)
    heights = [p.y + sign * p.y_spread for p in points for sign in (-1, 1)]
    y = axis_of(heights, BOTTOM, TOP)
    root = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "class": "diagram",
    })  # fmt: skip
    _draw_axes(root, x, y, xlabel, ylabel)
    series = _series(points)
    for number, chosen in enumerate(series):
        _draw_curve(root, [points[index] for index in chosen], x, y, number)
    marks = [(index, number) for number, chosen in enumerate(series) for index in chosen]
    for index, number in sorted(marks, key=lambda one: not points[one[0]].other):
        _draw_point(root, points[index], ends[index], x, y, number)  # color lies on top
    for text in _names(points, ends, x, y):
        root.append(text)
    return root


def _draw_axes(root: Element, x: Axis, y: Axis, xlabel: str, ylabel: str) -> None:
    for value in y.ticks():
        place = f"{y.at(value):.1f}"
        _line(root, "line thin muted", (str(LEFT), place), (str(LEFT - 5), place))
        label = told(value, y.high <= 1.1)
        _word(root, "small name end", LEFT - 9, y.at(value), label)
    for value in x.ticks():
        place = f"{x.at(value):.1f}"
        _line(root, "line thin muted", (place, str(BOTTOM)), (place, str(BOTTOM + 5)))
        _word(root, "small name", x.at(value), BOTTOM + 17, told(value, x.high <= 1.1))
    SubElement(root, "path", {"class": "line", "d": f"M {LEFT} {TOP} V {BOTTOM} H {RIGHT}"})
    _word(root, "small name", (LEFT + RIGHT) / 2, HEIGHT - 14, xlabel)
    _word(root, "small name start", 4, 14, ylabel)


def _series(points: Sequence[Point]) -> list[list[int]]:
    """Return which points belong together: those of a curve, each other one alone."""
    found: dict[str | int, list[int]] = {}
    for index, point in enumerate(points):
        found.setdefault(point.name if point.curve else index, []).append(index)
    return list(found.values())


def _draw_curve(root: Element, points: Sequence[Point], x: Axis, y: Axis, number: int) -> None:
    """Join the points of a curve; a single point needs no line."""
    places = [f"{x.at(point.x):.1f} {y.at(point.y):.1f}" for point in points]
    if len(places) > 1:
        look = f"line thin stroke-{number % MARKS + 1}"
        SubElement(root, "path", {"class": look, "d": f"M {' L '.join(places)}"})


def _draw_point(
    root: Element, point: Point, ends: tuple[float, float], x: Axis, y: Axis, number: int
) -> None:
    look = "muted" if point.other else f"stroke-{number % MARKS + 1}"
    left, middle, right = (f"{x.at(value):.1f}" for value in (ends[0], point.x, ends[1]))
    high, level, low = (f"{y.at(point.y + sign * point.y_spread):.1f}" for sign in (1, 0, -1))
    if point.x_spread:
        _line(root, f"line thin {look}", (left, level), (right, level))
    if point.y_spread:
        _line(root, f"line thin {look}", (middle, high), (middle, low))
    shape = _mark(x.at(point.x), y.at(point.y), 0 if point.other else number)
    shape.set("class", f"box {look}" if point.other else f"dot {look}")
    root.append(shape)


def _mark(x: float, y: float, number: int) -> Element:
    """Return a circle, square, triangle, diamond, or triangle upside down."""
    if number % MARKS == 0:
        return Element("circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "5"})
    corners = (
        ((-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)),
        ((0, -6), (5.5, 4.5), (-5.5, 4.5)),
        ((0, -6.5), (6, 0), (0, 6.5), (-6, 0)),
        ((0, 6), (5.5, -4.5), (-5.5, -4.5)),
        ((-2, -6), (2, -6), (2, -2), (6, -2), (6, 2), (2, 2), (2, 6), (-2, 6), (-2, 2),
         (-6, 2), (-6, -2), (-2, -2)),
    )[number % MARKS - 1]  # fmt: skip
    points = " ".join(f"{x + across:.1f},{y + down:.1f}" for across, down in corners)
    return Element("polygon", {"points": points})


def _names(points: Sequence[Point], ends: Sequence[tuple], x: Axis, y: Axis) -> Iterator[Element]:
    """Write each name where it meets no mark, no line, no other name and no edge, if it can.

    That of a curve stands at one of its points, at the last if there is room.
    """
    marks = [_covered(point, pair, x, y) for point, pair in zip(points, ends, strict=True)]
    series = _series(points)
    lines = [box for chosen in series for box in _passed([points[i] for i in chosen], x, y)]
    taken = marks + lines
    for chosen in series:
        name = points[chosen[0]].name
        options = [one for index in reversed(chosen) for one in _options(name, marks[index])]
        look, left, middle, box = min(options, key=lambda one: _trouble(one[3], taken))
        taken.append(box)
        text = Element("text", {
            "class": f"small name {look}".strip(), "x": f"{left:.1f}", "y": f"{middle:.1f}",
        })  # fmt: skip
        text.text = name
        yield text


def _passed(points: Sequence[Point], x: Axis, y: Axis) -> Iterator[Box]:
    """Yield small boxes along the lines that join points."""
    places = [(x.at(point.x), y.at(point.y)) for point in points]
    for (left, before), (right, after) in pairwise(places):
        steps = max(round((right - left) / 6), 1)
        for step in range(1, steps):
            across = left + (right - left) * step / steps
            level = before + (after - before) * step / steps
            yield across - 2, level - 2, across + 2, level + 2


def _covered(point: Point, ends: tuple[float, float], x: Axis, y: Axis) -> Box:
    """Return what a mark and its spread cover."""
    across, level = x.at(point.x), y.at(point.y)
    return (
        min(across - 7, x.at(ends[0])),
        min(level - 7, y.at(point.y + point.y_spread)),
        max(across + 7, x.at(ends[1])),
        max(level + 7, y.at(point.y - point.y_spread)),
    )


def _options(name: str, mark: Box) -> Iterator[tuple[str, float, float, Box]]:
    """Yield where a name may stand beside its mark: how it is anchored, where, and its box."""
    width = sum(LETTER if unicodedata.east_asian_width(sign) in "WF" else 7 for sign in name)
    left, top, right, bottom = mark
    x, y = (left + right) / 2, (top + bottom) / 2
    yield "start", right + 4, y, (right + 4, y - 7, right + 4 + width, y + 7)
    yield "end", left - 4, y, (left - 4 - width, y - 7, left - 4, y + 7)
    for middle in (top - 9, bottom + 9):
        yield "", x, middle, (x - width / 2, middle - 7, x + width / 2, middle + 7)
        yield "start", x - 4, middle, (x - 4, middle - 7, x - 4 + width, middle + 7)
        yield "end", x + 4, middle, (x + 4 - width, middle - 7, x + 4, middle + 7)


def _trouble(box: Box, taken: Sequence[Box]) -> float:
    """Count what a name would cover, and how far it would leave the picture."""
    left, top, right, bottom = box
    covered = sum(
        left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
        for other in taken
    )
    beyond = max(LEFT + 4 - left, 0) + max(right - WIDTH, 0) + max(bottom - BOTTOM + 2, 0)
    return 100 * covered + beyond + max(TOP - 8 - top, 0)


def _line(root: Element, look: str, start: tuple[str, str], end: tuple[str, str]) -> None:
    (x1, y1), (x2, y2) = start, end
    SubElement(root, "line", {"class": look, "x1": x1, "y1": y1, "x2": x2, "y2": y2})


def _word(root: Element, look: str, x: float, y: float, text: str) -> None:
    """Write a word; what stands between `^{` and `}` is raised."""
    before, mark, after = text.partition("^{")
    made = SubElement(root, "text", {"class": look, "x": f"{x:.1f}", "y": f"{y:.1f}"})
    made.text = before
    if mark:
        raised = SubElement(made, "tspan", {"class": "index", "dy": "-5"})
        raised.text = after.removesuffix("}")
