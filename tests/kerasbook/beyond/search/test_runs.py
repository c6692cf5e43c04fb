import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from kerasbook.beyond.search.runs import build_tunable, find_correct, learning_curve, start_trial

SETTING = {"learning_rate": 0.01, "hidden": 19.6, "dropout": 0.2}


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype("float32")
    return (images[:600], labels[:600]), (images[600:700], labels[600:700])


def test_the_network_is_built_from_its_setting():
    model = build_tunable(**SETTING)
    dense, dropout, _ = model.layers
    assert dense.units == 20
    assert dropout.rate == 0.2
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    assert model.output_shape == (None, 10)


def test_correct_answers_are_found_image_by_image():
    def model(images):
        return keras.ops.one_hot(keras.ops.convert_to_tensor([3, 4]), 10)

    assert find_correct(model, np.zeros((2, 64)), np.array([3, 5])).tolist() == [True, False]


def test_a_run_learns_on_and_repeats_with_its_seed(digits):
    curve = learning_curve(SETTING, *digits, epochs=3, seed=1)
    assert curve.shape == (3, 100)
    assert curve.dtype == bool
    assert curve[2].mean() > max(0.6, curve[0].mean())
    run = start_trial(SETTING, *digits, seed=1)
    assert [run(1).tolist() for _ in range(3)] == curve.tolist()
