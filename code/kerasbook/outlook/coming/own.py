"""A watch as a test of one's own project."""

import keras


def test_own_slope_is_needed():
    """Our helper `slope` stands in for what Keras lacks."""
    message = "keras.ops.grad is here: use it, and delete slope."
    assert not hasattr(keras.ops, "grad"), message
