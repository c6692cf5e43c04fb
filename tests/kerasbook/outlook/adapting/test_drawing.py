import pytest
from matplotlib.figure import Figure

from kerasbook.outlook.adapting.drawing import plot_ranks, plot_training_bytes


@pytest.fixture
def axis():
    return Figure().subplots()


def test_a_bar_in_three_parts_for_each_way(axis):
    rows = {
        "all": {"weights": 4e9, "gradients": 4e9, "moments": 8e9},
        "LoRA": {"weights": 2e9, "gradients": 0, "moments": 0},
    }
    plot_training_bytes(axis, rows, cards=(8,))
    bars = [(bar.get_y() + 0.4, bar.get_x(), bar.get_width()) for bar in axis.patches]
    assert bars == [(1, 0, 4), (0, 0, 2), (1, 4, 4), (0, 2, 0), (1, 8, 8), (0, 2, 0)]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["all", "LoRA"]
    assert [text.get_text() for text in axis.texts] == ["8"]


def test_a_dot_for_each_seed_and_a_line_through_the_means(axis):
    plot_ranks(axis, {1: [0.2, 0.4], "full": [1.0]}, before=0.1)
    first, second, mean, before = axis.lines
    assert list(first.get_ydata()) == [0.2, 0.4]
    assert list(second.get_xdata()) == [1]
    assert list(mean.get_ydata()) == pytest.approx([0.3, 1.0])
    assert list(before.get_ydata()) == [0.1, 0.1]
    assert [text.get_text() for text in axis.get_xticklabels()] == ["1", "full"]
