"""Downloads: what counts one, and what can be read from the sum."""

import importlib.metadata
from datetime import date

from kerasbook.data_folder import read_record
from kerasbook.packages import required_packages


def load_downloads():
    """Read how often packages were downloaded, as counted about monthly.

    Returns:
        dict from package to a list of pairs of a day and a count: the
        downloads of about thirty days before that day.

    Raises:
        FileNotFoundError: the book's data are not there.
    """
    record = read_record("downloads/downloads.json")
    return {
        package: [
            (date.fromisoformat(day), count) for day, count in counts.items()
        ]
        for package, counts in record["packages"].items()
    }


def packages_requiring(package):
    """List the installed packages that bring another one along."""
    installed = importlib.metadata.distributions()
    names = {each.metadata["Name"] for each in installed}
    return sorted(name for name in names if package in required_packages(name))


def count_backbones():
    """Count the architectures of the installed KerasHub by its files."""
    files = importlib.metadata.files("keras-hub") or []
    return sum(file.name.endswith("_backbone.py") for file in files)


def direct_download_bounds(own, dependencies):
    """Bounds for the downloads of a package that were not made as a dependency.

    Args:
        own: downloads of the package.
        dependencies: downloads of packages that require it.

    Returns:
        the least and the greatest number.
    """
    return max(0, own - dependencies), own
