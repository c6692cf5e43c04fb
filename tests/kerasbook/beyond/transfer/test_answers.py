"""The padding of "same", against TensorFlow's own."""

import numpy as np
import pytest
import tensorflow as tf

from kerasbook.beyond.transfer import answers as page

CASES = [(224, 3, 2), (7, 5, 2), (224, 5, 2), (5, 3, 1), (4, 1, 2), (9, 3, 3)]


@pytest.mark.parametrize(("size", "kernel_size", "stride"), CASES)
def test_the_answer_pads_as_tensorflow_does(size, kernel_size, stride):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(1, size, 1)).astype("float32")
    kernel = generator.normal(size=(kernel_size, 1, 1)).astype("float32")
    edges = page.same_padding(size, kernel_size, stride)
    padded = np.pad(x, ((0, 0), edges, (0, 0)))
    expected = tf.nn.conv1d(x, kernel, stride, "SAME")
    assert np.allclose(tf.nn.conv1d(padded, kernel, stride, "VALID"), expected, atol=1e-6)


def test_the_mistake_agrees_only_where_nothing_is_skipped():
    same = [page.even_padding(*case) == page.same_padding(*case) for case in CASES]
    assert same == [False, True, False, True, True, False]
