"""Running averages are those of the last values, and stand where these end."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from kerasbook.averages import plot_averages, running_average


def test_an_average_takes_the_last_values():
    assert running_average([1, 2, 6], 2) == pytest.approx([1.5, 4])


@pytest.mark.parametrize("size", [0, 4])
def test_an_average_of_too_few_or_too_many_values_is_refused(size):
    with pytest.raises(ValueError, match=rf"from 1 to 3\. Received: size={size}"):
        running_average([1, 2, 6], size)


def test_an_average_stands_at_the_last_value_that_it_takes():
    _, axis = plt.subplots()
    plot_averages(axis, np.array([1, 2, 6]), np.array([1.5, 4]))
    values, averages = axis.lines
    assert list(values.get_ydata()) == [1, 2, 6]
    assert list(averages.get_xdata()) == [1, 2]
    plt.close()
