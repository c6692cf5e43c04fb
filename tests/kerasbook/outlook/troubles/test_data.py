import numpy as np
import pytest

from kerasbook.outlook.troubles.data import Batches, ForgetfulBatches, batches_seen, eight_batches
from kerasbook.outlook.troubles.networks import build_table_network, draw_table
from kerasbook.outlook.troubles.warned import warnings_of

ROWS, LABELS = draw_table(128)


def test_eight_batches_are_all_rows_once():
    batches = list(eight_batches(ROWS, LABELS))
    assert len(batches) == 8
    np.testing.assert_array_equal(np.concatenate([rows for rows, _ in batches]), ROWS)


def test_a_generator_that_ends_leaves_later_epochs_two_batches():
    batches = eight_batches(ROWS, LABELS)
    with pytest.warns(UserWarning, match="ran out of data"):
        seen = batches_seen(build_table_network(8), batches, epochs=3, shuffle=False)
    assert seen == [8, 2, 2]


def test_batches_begin_again():
    assert batches_seen(build_table_network(8), Batches(ROWS, LABELS), epochs=2) == [8, 8]


def test_batches_know_their_workers_and_forgetful_ones_do_not():
    assert Batches(ROWS, LABELS, workers=8).workers == 8
    forgetful = ForgetfulBatches(ROWS, LABELS)
    np.testing.assert_array_equal(forgetful[1][0], ROWS[16:32])
    assert "super().__init__" in warnings_of(lambda: forgetful.workers)
