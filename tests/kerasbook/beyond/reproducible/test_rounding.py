import math

import ml_dtypes
import numpy as np
import pytest

from kerasbook.beyond.reproducible import rounding as page
from kerasbook.grading import grade

SUMS = [
    (([100, 0.4, 0.4, 0.4],), 100.0),
    (([0.4, 0.4, 0.4, 100],), 101.0),
    (([1000, 4, 4, 4],), 1000.0),
]


@pytest.mark.parametrize(("dtype", "large"), [(np.float32, 2**24), (ml_dtypes.bfloat16, 2**8)])
def test_one_is_lost_beyond_the_digits_and_two_is_not(dtype, large):
    numbers = [large, 1, 1, 1]
    assert float(page.sequential_sum(numbers, dtype)) == large
    assert float(page.partitioned_sum(numbers, 2, dtype)) == large + 2
    assert float(page.sequential_sum(numbers[::-1], dtype)) in (large + 2, large + 4)


def test_every_partial_sum_has_the_type_asked_for():
    assert type(page.sequential_sum([1, 2], np.float32)) is np.float32
    assert type(page.partitioned_sum([1, 2, 3], 2, ml_dtypes.bfloat16)) is ml_dtypes.bfloat16


def test_one_part_is_the_order_itself():
    numbers = np.random.default_rng(0).random(1000)
    one = page.partitioned_sum(numbers, 1, np.float32)
    assert one == page.sequential_sum(numbers, np.float32)
    assert one != page.partitioned_sum(numbers, 4, np.float32)
    assert float(one) == pytest.approx(math.fsum(numbers), rel=1e-5)


def test_three_digits_as_on_the_page():
    assert grade(page.add_three_digits, SUMS, 1e-9) == "Right in all 3 cases."
    assert grade(page.add_then_round, SUMS, 1e-9).startswith("Wrong for ([100, 0.4, 0.4, 0.4])")
    assert page.add_three_digits([4, 4, 4, 1000]) == 1010
