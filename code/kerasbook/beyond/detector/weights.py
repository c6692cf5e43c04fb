"""The detector's weights, found among the book's data."""

from kerasbook.data_folder import data_missing, find_data
from kerasbook.weight_files import read_arrays


def load_nanodet_arrays():
    """Load the detector's arrays from `$KERASBOOK_DATA` or `./data`, a dict.

    Raises:
        FileNotFoundError: no `nanodet/weights.npz` there.
    """
    for path in find_data("nanodet/weights.npz"):
        return read_arrays(path)
    raise data_missing("The detector's weights were not found.")
