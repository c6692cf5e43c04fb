"""Whether this processor gains by computing in bfloat16."""

import time

import keras


def convolution_seconds(dtype, *, repeats=5):
    """Time a convolution of 64 by 64 channels; return the shortest of several.

    Args:
        dtype: "float32" or "bfloat16".
        repeats: how often it is timed.
    """
    images = keras.ops.ones((256, 16, 16, 64), dtype)
    kernel = keras.ops.ones((3, 3, 64, 64), dtype)
    seconds = []
    for _ in range(repeats + 1):  # the first one prepares
        start = time.perf_counter()
        outputs = keras.ops.conv(images, kernel, padding="same")
        keras.ops.convert_to_numpy(outputs[0, 0, 0])  # wait for it
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])
