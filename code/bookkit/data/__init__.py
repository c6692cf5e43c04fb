"""The data that pages read: the sample in the repository, and the full data, fetched."""

from bookkit.data.folders import Dataset, DataView, resolve

__all__ = ["DataView", "Dataset", "resolve"]
