"""Gradients of parts, sums around a ring, and what they cost."""

import numpy as np
import pytest

from kerasbook.beyond.scale import costs, ring, splitting

LINK = {"latency_s": 1e-4, "bytes_per_s": 1e9}


def test_the_gradient_of_a_line_by_hand():
    assert splitting.line_gradient(1.0, [1, 2, 3, 4], [2, 4, 6, 8]) == -15
    assert splitting.line_gradient(2.0, [1, 2], [2, 4]) == 0


@pytest.mark.parametrize("devices", [1, 2, 3, 6])
def test_equal_parts_average_to_the_gradient_of_the_batch(devices):
    x, y = np.random.default_rng(0).normal(size=(2, 12))
    parts, mean = splitting.data_parallel_gradient(0.3, x, y, devices=devices)
    assert len(parts) == devices
    assert mean == pytest.approx(splitting.line_gradient(0.3, x, y))


def test_parts_that_are_not_equal_are_refused():
    with pytest.raises(ValueError, match="equal division"):
        splitting.data_parallel_gradient(1.0, np.ones(5), np.ones(5), devices=2)


def test_parts_of_any_size_count_by_their_samples():
    parts = [(4, 5.0), (6, 10.0)]
    assert splitting.weighted_mean_gradient(parts) == 8
    assert splitting.mean_unweighted(parts) == 7.5


@pytest.mark.parametrize(("devices", "size"), [(1, 4), (2, 6), (3, 3), (4, 20), (5, 7)])
def test_a_ring_adds_up_for_everyone(devices, size):
    arrays = np.random.default_rng(1).normal(size=(devices, size))
    held, sent = ring.ring_all_reduce(list(arrays))
    for one in held:
        np.testing.assert_allclose(one, arrays.sum(axis=0))
    if size % devices == 0:
        assert sent == 2 * (devices - 1) * size / devices


def test_a_ring_leaves_its_arrays_alone():
    arrays = [np.ones(4), np.ones(4)]
    ring.ring_all_reduce(arrays)
    assert [one.tolist() for one in arrays] == [[1] * 4] * 2


def test_time_of_a_sum_by_hand():
    assert costs.ring_all_reduce_seconds(8, 1e8, **LINK) == pytest.approx(0.1764)
    assert costs.ring_all_reduce_seconds(1, 1e8, **LINK) == 0


def test_a_link_is_found_again_from_the_times_it_would_give():
    sizes = [4096, 2**20, 2**23]
    seconds = [costs.ring_all_reduce_seconds(4, size, **LINK) for size in sizes]
    found = costs.fit_latency_and_bandwidth(sizes, seconds, devices=4)
    assert found == pytest.approx(LINK)


def test_one_size_does_not_make_a_line():
    with pytest.raises(ValueError, match=r"two unknowns.*\[8\.0, 8\.0\]"):
        costs.fit_latency_and_bandwidth([8, 8], [1.0, 1.0], devices=2)


def test_speedup_by_hand():
    # 200 ms, 50 MB, four devices: 50 + 6 x (0.1 + 12.5) = 125.6 ms
    one = costs.speedup(4, 5e7, 0.2, weak_scaling=False, **LINK)
    assert one == pytest.approx(200 / 125.6)
    each = costs.speedup(4, 5e7, 0.2, weak_scaling=True, **LINK)
    assert each == pytest.approx(4 * 200 / 275.6)
    assert costs.speedup(1, 5e7, 0.2, weak_scaling=True, **LINK) == 1


def test_the_best_number_of_devices_is_where_the_curve_turns():
    for num_bytes in (1e5, 1e6, 1e7):
        found = costs.fastest_device_count(num_bytes, 0.2, **LINK)
        case = {"weak_scaling": False, **LINK}
        gains = [costs.speedup(n, num_bytes, 0.2, **case) for n in range(1, 200)]
        assert found == 1 + int(np.argmax(gains))
    assert costs.fastest_device_count(1e9, 0.2, **LINK) == 1
