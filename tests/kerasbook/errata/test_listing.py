"""What the page prints and draws of the article's listing."""

from matplotlib.figure import Figure

from kerasbook.errata import listing


def test_mistakes_stand_above_their_correct_forms():
    lines = [("a sum", "1 + None", "1 + 1"), ("a name", "nothing", "len('ab')")]
    text = listing.compare_forms(lines, ["a TypeError", "a NameError"])
    assert text.splitlines() == [
        "a sum", "  wrong: 1 + None", "    ->   a TypeError", "  right: 1 + 1", "    ->   2",
        "a name", "  wrong: nothing", "    ->   a NameError", "  right: len('ab')", "    ->   2",
    ]  # fmt: skip


def test_each_mistake_has_a_mark_in_the_column_of_what_it_comes_to():
    axis = Figure().subplots()
    outcomes = ["TypeError: no", "255.0", "UserWarning: do not", "ValueError: no"]
    listing.plot_outcomes(axis, ["a", "b", "c", "d"], outcomes)
    marks = {tuple(point) for each in axis.collections for point in each.get_offsets()}
    assert marks == {(0, 0), (2, 1), (1, 2), (0, 3)}
    assert [text.get_text() for text in axis.texts] == [
        "stops with\nan error: 2", "warning: 1", "no message: 1",
    ]  # fmt: skip
    assert [text.get_text() for text in axis.get_yticklabels()] == ["a", "b", "c", "d"]
