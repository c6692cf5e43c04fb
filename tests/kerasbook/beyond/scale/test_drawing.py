import matplotlib.pyplot as plt

from kerasbook.beyond.scale import drawing


def test_a_part_is_drawn_once_and_names_all_that_hold_it():
    axis = plt.figure().add_subplot()
    left, right = ((0, 4), (0, 3)), ((0, 4), (3, 6))
    drawing.plot_shards(axis, (4, 6), {0: left, 1: right, 2: left, 3: right})
    assert [text.get_text() for text in axis.texts] == ["0, 2", "1, 3"]
    assert [text.get_position() for text in axis.texts] == [(1.5, 2), (4.5, 2)]
    plt.close("all")


def test_speedups_stand_beside_the_ideal():
    axis = plt.figure().add_subplot()
    drawing.plot_speedup(axis, [1, 2, 4], {"a": [1, 1.5, 2]})
    assert [line.get_ydata().tolist() for line in axis.lines] == [[1, 2, 4], [1, 1.5, 2]]
    plt.close("all")


def test_measured_are_dots_and_predicted_lines():
    axis = plt.figure().add_subplot()
    drawing.plot_sums(axis, [1, 2], {2: [1, 2], 4: [3, 4]}, {2: [1, 1], 4: [3, 3]})
    assert [line.get_linestyle() for line in axis.lines] == ["None", "-"] * 2
    plt.close("all")
