"""Linear heads: against scikit-learn, by hand, and as a layer of Keras."""

import keras
import numpy as np
import pytest
from sklearn.linear_model import Ridge

from kerasbook.beyond.transfer import heads as page


def rows(number, width, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(number, width)).astype("float32")
    return x - x.mean(axis=0), generator.integers(0, 3, number)


@pytest.mark.parametrize(("number", "width"), [(40, 7), (12, 30)])
def test_both_ways_to_solve_agree_with_scikit_learn(number, width):
    x, y = rows(number, width)
    kernel, bias = page.fit_ridge(x, y, 2.0, num_classes=3)
    oracle = Ridge(alpha=2.0).fit(x, np.eye(3)[y])
    assert kernel.shape == (width, 3)
    assert np.allclose(kernel, oracle.coef_.T, atol=1e-4)
    assert np.allclose(bias, oracle.intercept_, atol=1e-5)


def test_one_feature_by_hand():
    # x is -1, 1; targets of class 1 are 0, 1, less their mean -0.5, 0.5: x'x = 2, x't = 1
    kernel, bias = page.fit_ridge(np.array([[-1.0], [1.0]]), np.array([0, 1]), 2.0, num_classes=2)
    assert np.allclose(kernel, [[-0.25, 0.25]])
    assert bias.tolist() == [0.5, 0.5]


def test_a_penalty_shrinks():
    x, y = rows(40, 7)
    sizes = [np.abs(page.fit_ridge(x, y, penalty)[0]).sum() for penalty in (0.1, 10, 1000)]
    assert sizes == sorted(sizes, reverse=True)


def test_standardized_by_the_training_rows():
    training, test = np.array([[1.0, 5], [3, 5]]), np.array([[5.0, 6]])
    x, x_test = page.standardize(training, test)
    assert np.allclose(x, [[-1, 0], [1, 0]], atol=1e-5)
    assert np.allclose(x_test[0, 0], 3, atol=1e-5)
    assert np.isfinite(x_test).all()


def test_right_on_what_is_easy_and_not_on_what_is_noise():
    generator = np.random.default_rng(0)
    y = generator.integers(0, 10, 200)
    x = np.eye(10)[y] + generator.normal(0, 0.05, (200, 10))
    noise = generator.normal(size=(200, 10))
    easy = page.ridge_is_correct((x[:100], y[:100]), (x[100:], y[100:]), 1.0)
    hard = page.ridge_is_correct((noise[:100], y[:100]), (noise[100:], y[100:]), 1.0)
    assert easy.shape == (100,)
    assert easy.all()
    assert hard.mean() < 0.3


def test_the_joined_model_computes_the_same_scores():
    x, y = rows(40, 7)
    features = 3 * x + 2
    (standardized,) = page.standardize(features)
    kernel, bias = page.fit_ridge(standardized, y, 2.0, num_classes=3)
    inputs = keras.Input((7,))
    extractor = keras.Model(inputs, keras.layers.Identity()(inputs))
    model = page.attach_linear_head(extractor, features, kernel, bias)
    expected = standardized @ kernel + bias
    assert np.allclose(model.predict(features, verbose=0), expected, atol=1e-4)
