"""From PyTorch's names and axes to those of Keras."""

from kerasbook.data_folder import data_missing, find_data
from kerasbook.weight_files import read_arrays

PLAIN = {"weight": "kernel", "bias": "bias"}
NORMALIZATION = {
    "weight": "gamma", "bias": "beta",
    "running_mean": "moving_mean", "running_var": "moving_variance",
}  # fmt: skip


def keras_name(name):
    """Turn `_blocks.0._bn1.running_mean` into `blocks_0_bn1/moving_mean`."""
    *places, kind = name.split(".")
    layer = "_".join(place.strip("_") for place in places)
    kinds = NORMALIZATION if "bn" in layer else PLAIN
    return f"{layer}/{kinds[kind]}"


def keras_axes(name, array):
    """Put the axes of a weight, called as in PyTorch, in Keras's order."""
    if array.ndim == 4 and "depthwise" in name:
        return array.transpose(2, 3, 0, 1)  # ①
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)  # ②
    return array.T  # ③


def translate_weights(arrays):
    """Give all arrays of a network from PyTorch Keras's names and axes."""
    return {
        keras_name(name): keras_axes(name, array)
        for name, array in arrays.items()
    }


def count_blocks(arrays):
    """Return how many blocks have weights in a file, 0 to 16."""
    numbers = [name.split(".")[1] for name in arrays if "_blocks." in name]
    return len(set(numbers))


def load_lite0_arrays():
    """Load Lite0's arrays from `$KERASBOOK_DATA` or `./data`, a dict.

    Raises:
        FileNotFoundError: no `lite0/weights.npz` there.
    """
    for path in find_data("lite0/weights.npz"):
        return read_arrays(path)
    raise data_missing("The weights of EfficientNet-Lite0 were not found.")
