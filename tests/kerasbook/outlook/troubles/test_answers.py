import pytest

from kerasbook.outlook.troubles.answers import (
    careless_classify_memory_growth,
    careless_whole_epochs,
    classify_memory_growth,
    whole_epochs,
)


@pytest.mark.parametrize(
    ("batches", "epochs", "steps", "whole"), [(16, 5, 8, 2), (40, 3, 8, 3), (7, 5, 8, 0)]
)
def test_an_epoch_is_whole_while_batches_last(batches, epochs, steps, whole):
    assert whole_epochs(batches, epochs, steps) == whole


def test_the_usual_mistake_lets_a_generator_begin_again():
    assert careless_whole_epochs(16, 5, 8) == 5
    assert careless_whole_epochs(7, 5, 8) == 0


def test_growth_is_counted_from_the_second_fit():
    held = [400, 500, 500, 501]  # the first fit adds 100, two more 1
    assert classify_memory_growth(held, 0) == "none"
    assert careless_classify_memory_growth(held, 0) == "below Python"


@pytest.mark.parametrize("kind", [classify_memory_growth, careless_classify_memory_growth])
def test_what_grows_is_kept_by_python_or_below_it(kind):
    held = [500, 510, 520, 530]
    assert kind(held, 0) == kind(held, 1) == "below Python"
    assert kind(held, 4) == "Python keeps models"
    assert kind([500, 501, 502, 503], 4) == "none"
