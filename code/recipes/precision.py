"""In which numbers a recipe computes."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def computing_in(policy: str) -> Iterator[None]:
    """Make layers with a dtype policy of Keras, such as `mixed_bfloat16`; then be as before."""
    import keras

    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_dtype_policy(before)
