"""Charts of points: where things stand, and that names keep clear of each other."""

import itertools
import math

import pytest

from bookkit.reference import chart
from bookkit.reference.chart import Axis, Point

SECONDS = Axis(100, 10_000, 0, 200, log=True)


def test_an_axis_puts_values_where_they_belong():
    assert Axis(2, 4, 100, 300).at(3) == 200
    assert Axis(0, 1, 300, 100).at(0.25) == 250
    assert SECONDS.at(1000) == pytest.approx(100)


def test_an_axis_holds_all_values_with_a_margin():
    plain = chart.axis_of([5, 3], 0, 100)
    assert (plain.low, plain.high) == pytest.approx((2.84, 5.16))
    steep = chart.axis_of([10, 1000], 0, 100, log=True)
    assert math.log10(steep.low) == pytest.approx(1 - 0.16)
    assert math.log10(steep.high) == pytest.approx(3 + 0.16)
    alone = chart.axis_of([7.0], 0, 100)
    assert alone.low < 7 < alone.high
    assert chart.axis_of([7.0], 0, 100, log=True).at(7.0) == pytest.approx(50)


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_a_logarithm_of_nothing_is_refused(value):
    with pytest.raises(ValueError, match=rf"positive values .* Received: {value}"):
        chart.axis_of([1.0, value], 0, 100, log=True)


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis(0.63, 0.98, 0, 1), [0.7, 0.8, 0.9]),
        (Axis(-3, 4, 0, 1), [-2, 0, 2, 4]),
        (SECONDS, [100, 1000, 10_000]),
        (Axis(90, 1500, 0, 1, log=True), [100, 300, 1000]),
        (Axis(150, 600, 0, 1, log=True), [200, 500]),
    ],
)
def test_ticks_are_round(axis, ticks):
    assert axis.ticks() == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "share", "text"),
    [
        (0.9, True, "90%"),
        (0.925, True, "92.5%"),
        (30_000, False, "30,000"),
        (1e13, False, "10^{13}"),
        (3e14, False, "3·10^{14}"),
    ],
)
def test_a_tick_says_its_value(value, share, text):
    assert chart.tick_label(value, share) == text


def drawn(points, **settings):
    return chart.draw(points, "seconds", "accuracy", **settings)


def words(root):
    return [text.text + "".join(part.text for part in text) for text in root.iter("text")]


def test_a_point_stands_where_its_axes_say_with_its_spread():
    root = drawn([Point("one", 10, 0.5, 0, 0.1), Point("two", 20, 0.9)])
    circle, square = next(root.iter("circle")), next(root.iter("polygon"))
    # From 10 to 20, with 0.8 on either side; from 0.4 to 0.9, with 0.04.
    assert float(circle.get("cx")) == pytest.approx(58 + 0.8 / 11.6 * 398, abs=0.06)
    assert float(circle.get("cy")) == pytest.approx(268 - 0.14 / 0.58 * 234, abs=0.06)
    assert (circle.get("class"), square.get("class")) == ("dot stroke-1", "dot stroke-2")
    (spread,) = [line for line in root.iter("line") if line.get("class") == "line thin stroke-1"]
    height = float(spread.get("y2")) - float(spread.get("y1"))
    assert height == pytest.approx(0.2 / 0.58 * 234, abs=0.1)
    assert spread.get("x1") == spread.get("x2") == circle.get("cx")
    assert words(root)[-2:] == ["one", "two"]
    assert {"seconds", "accuracy", "50%", "12"} <= set(words(root))


def test_a_spread_that_reaches_zero_does_not_break_a_logarithm():
    root = drawn([Point("wide", 10, 0.5, 12, 0), Point("far", 1000, 0.6)], log=True)
    (spread,) = [line for line in root.iter("line") if line.get("class") == "line thin stroke-1"]
    (circle,) = root.iter("circle")
    places = [spread.get("x1"), circle.get("cx"), spread.get("x2")]
    assert chart.LEFT < float(places[0]) < float(places[1]) < float(places[2])


def test_what_others_published_has_no_color_and_lies_below():
    root = drawn([Point("ours", 1, 2), Point("theirs", 2, 3, other=True)])
    assert [mark.get("class") for mark in root.iter("circle")] == ["box muted", "dot stroke-1"]


def test_marks_differ_by_shape():
    root = drawn([Point(str(number), number, number) for number in range(6)])
    shapes = [mark.get("points") for mark in root.iter("polygon")]
    assert len(list(root.iter("circle"))) == 1
    assert len({len(shape.split()) for shape in shapes}) >= 3
    assert len(set(shapes)) == 5


def test_powers_of_ten_are_raised():
    root = drawn([Point("one", 1e13, 0.5), Point("two", 1e15, 0.6)], log=True)
    (power,) = [text for text in root.iter("text") if text.text == "10" and text[0].text == "14"]
    assert power[0].attrib == {"class": "index", "dy": "-5"}


def boxes(root, count):
    """Return the boxes of names, from how they are anchored."""
    for text in list(root.iter("text"))[-count:]:
        width = sum(13 if ord(sign) > 0x3000 else 7 for sign in text.text)
        x, y, look = float(text.get("x")), float(text.get("y")), text.get("class")
        left = x if "start" in look else x - width if "end" in look else x - width / 2
        yield left, y - 7, left + width, y + 7


def marked(root):
    """Return the boxes of marks and of the lines of their spread."""
    for circle in root.iter("circle"):
        x, y = float(circle.get("cx")), float(circle.get("cy"))
        yield x - 5, y - 5, x + 5, y + 5
    for shape in root.iter("polygon"):
        across, down = zip(
            *(map(float, pair.split(",")) for pair in shape.get("points").split()), strict=True
        )
        yield min(across), min(down), max(across), max(down)
    for line in root.iter("line"):
        if "stroke" in line.get("class"):
            yield tuple(float(line.get(name)) for name in ("x1", "y1", "x2", "y2"))


@pytest.mark.parametrize("name", ["a name of some length", "相当长的一个名字"])
def test_names_keep_clear_of_each_other_of_marks_and_of_the_edge(name):
    places = [(10, 0.9), (10, 0.89), (10.3, 0.6), (9.9, 0.61), (12, 0.9), (12, 0.3)]
    points = [Point(name, x, y, 0.2, 0.02) for x, y in places[:4]]
    points += [Point(name, x, y) for x, y in places[4:]]
    root = drawn(points)
    found = list(boxes(root, len(points)))
    marks = list(marked(root))
    assert len(marks) == len(points) + 2 * 4
    pairs = [*itertools.combinations(found, 2), *itertools.product(found, marks)]
    for one, two in pairs:
        assert one[0] >= two[2] or two[0] >= one[2] or one[1] >= two[3] or two[1] >= one[3]
    assert all(left > chart.LEFT and right <= chart.WIDTH for left, _, right, _ in found)
    assert all(bottom <= chart.BOTTOM for *_, bottom in found)


def test_the_same_points_give_the_same_drawing():
    points = [Point("one", 10, 0.5, 0, 0.1), Point("two", 20, 0.9)]
    first, second = (list(drawn(points).iter()) for _ in range(2))
    assert [each.attrib for each in first] == [each.attrib for each in second]


def test_a_curve_joins_its_points_under_one_color_and_one_name():
    curve = [Point("curve", x, y, curve=True) for x, y in ((1, 0.2), (2, 0.4), (3, 0.9))]
    root = drawn([*curve, Point("alone", 2, 0.8)])
    (path,) = [path for path in root.iter("path") if "stroke" in path.get("class")]
    circles = list(root.iter("circle"))
    assert path.get("class") == "line thin stroke-1"
    places = [f"{one.get('cx')} {one.get('cy')}" for one in circles]
    assert path.get("d") == f"M {' L '.join(places)}"
    assert {one.get("class") for one in circles} == {"dot stroke-1"}
    (square,) = root.iter("polygon")
    assert square.get("class") == "dot stroke-2"
    assert words(root)[-2:] == ["curve", "alone"]
