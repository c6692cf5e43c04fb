import numpy as np
from sklearn.datasets import load_digits

from kerasbook.beyond.export.digit_reader import build_digit_reader, load_digit_bytes


def test_digits_come_as_bytes_and_are_cut_in_their_order():
    (x_train, y_train), (x_test, y_test) = load_digit_bytes()
    assert x_train.dtype == x_test.dtype == np.uint8
    assert (x_train.shape, x_test.shape) == ((1157, 8, 8, 1), (640, 8, 8, 1))
    digits = load_digits()
    assert (np.concatenate([x_train, x_test])[..., 0] == digits.images).all()
    assert (np.concatenate([y_train, y_test]) == digits.target).all()


def test_the_reader_scales_bytes_itself_and_gives_probabilities():
    model = build_digit_reader()
    image = np.full((2, 8, 8, 1), 8, "uint8")
    scale = model.get_layer("scale")
    assert np.asarray(scale(image)).max() == 0.5
    answers = model.predict(image, verbose=0)
    assert answers.shape == (2, 10)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-6)
    assert model.input.dtype == "uint8"
