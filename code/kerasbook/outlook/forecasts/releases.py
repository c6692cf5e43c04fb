"""When packages were released, and how often that was."""

import itertools
from datetime import date

from packaging.version import Version

from kerasbook.data_folder import read_record


def load_releases(package):
    """Read when the versions of a package were uploaded.

    Returns:
        pairs of a version and a day, the oldest first.

    Raises:
        FileNotFoundError: the book's data are not there.
    """
    known = read_record("forecasts/releases.json")["packages"]
    days = [
        (Version(version), date.fromisoformat(day))
        for version, day in known[package].items()
    ]
    return sorted(days, key=lambda pair: (pair[1], pair[0]))


def first_of_each(releases):
    """Find when each version such as "3.15" first came out, as final.

    Args:
        releases: pairs of a version and a day, the oldest first.
    """
    found = {}
    for version, day in releases:
        if not version.is_prerelease:
            found.setdefault(f"{version.major}.{version.minor}", day)
    return found


def days_between(days):
    """Count the days from each day to the next."""
    return [(after - before).days for before, after in itertools.pairwise(days)]


def laplace_estimate(answers):
    """Rule of succession: (yes + 1) / (n + 2)."""
    return (sum(answers) + 1) / (len(answers) + 2)


def months_from(first, last):
    """List the first days of months, from one to another."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    places = range(first.month - 1, first.month - 1 + count)
    return [date(first.year + m // 12, m % 12 + 1, 1) for m in places]


def months_with(days, months):
    """Say of each month but the last whether one of the days lies in it."""
    return [
        any(first <= day < following for day in days)
        for first, following in itertools.pairwise(months)
    ]
