import numpy as np

from kerasbook.outlook.troubles.networks import build_table_network, build_two_kinds, draw_table


def test_a_label_says_whether_its_row_sums_to_more_than_zero():
    rows, labels = draw_table(100)
    assert rows.shape == (100, 16)
    assert rows.dtype == np.float32
    assert [int(sum(row) > 0) for row in rows] == labels.tolist()


def test_the_table_network_has_the_weights_one_counts():
    model = build_table_network(8, run_eagerly=True)
    assert model.count_params() == 16 * 8 + 8 + 8 * 2 + 2
    assert model.run_eagerly


def test_of_the_two_kinds_one_convolves():
    kinds = {
        name: {type(layer).__name__ for layer in network.layers}
        for name, network in build_two_kinds().items()
    }
    assert kinds == {"convolutions": {"Conv2D", "Flatten", "Dense"}, "dense layers": {"Dense"}}
