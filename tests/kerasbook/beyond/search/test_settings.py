import numpy as np
import pytest

from kerasbook.beyond.search.settings import check_space, sample_configurations, sample_value

SPACE = {"rate": ("log", 1e-4, 0.1), "dropout": ("uniform", 0, 0.6)}


def test_each_power_of_ten_gets_a_third_of_the_rates():
    rates = [one["rate"] for one in sample_configurations(SPACE, 3000, seed=0)]
    counts, _ = np.histogram(np.log10(rates), [-4, -3, -2, -1])
    assert counts.sum() == 3000
    assert counts == pytest.approx([1000] * 3, abs=80)  # three standard deviations


def test_uniform_numbers_are_drawn_uniformly():
    shares = [one["dropout"] for one in sample_configurations(SPACE, 3000, seed=1)]
    assert min(shares) >= 0
    assert max(shares) <= 0.6
    assert np.mean(shares) == pytest.approx(0.3, abs=0.01)


def test_a_seed_repeats_its_settings_and_more_of_them_begin_alike():
    few, many = sample_configurations(SPACE, 3, seed=5), sample_configurations(SPACE, 9, seed=5)
    assert few == many[:3]
    assert few != sample_configurations(SPACE, 3, seed=6)


def test_the_middle_of_a_logarithmic_range_is_the_geometric_mean():
    class Middle:
        @staticmethod
        def uniform(low, high):
            return (low + high) / 2

    assert sample_value("log", 1e-4, 1e-2, Middle) == pytest.approx(1e-3)
    assert sample_value("uniform", 1, 2, Middle) == 1.5


@pytest.mark.parametrize(
    ("space", "cure"),
    [
        ({}, "Expected a range for each hyperparameter.*Received: {}"),
        ({"rate": ("log", 0.1, 1e-4)}, "lower end first. Received: rate=.*0.1, 0.0001"),
        ({"dropout": ("log", 0, 0.6)}, "ends above 0, or the kind 'uniform'. Received: dropout="),
        ({"units": ("linear", 1, 2)}, "kind 'uniform' or 'log'. Received: units="),
    ],
)
def test_a_space_without_numbers_is_refused(space, cure):
    with pytest.raises(ValueError, match=cure):
        check_space(space)
    with pytest.raises(ValueError, match=cure):
        sample_configurations(space, 1, seed=0)
