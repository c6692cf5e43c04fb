"""How long names live: from release to release, by what each offered."""

from datetime import date

import numpy as np

from kerasbook.data_folder import read_record


def load_names():
    """Read which names the releases of Keras offered.

    Returns:
        a list of releases, the oldest first, each with its version, the day
        it was built and the frameworks it imports; and for each path a list
        of `[first, last, counts, arguments]`: the places of the releases in
        which it stayed as it was, whether it was the public path there, and
        its arguments in one string.

    Raises:
        FileNotFoundError: the book's data are not there.
    """
    found = read_record("keras-names/names.json")
    for release in found["releases"]:
        release["built"] = date.fromisoformat(release["built"])
    return found["releases"], found["names"]


def load_elsewhere():
    """Read when others published versions of Keras for other frameworks.

    Returns:
        maps a framework to the days on which the first and the last file
        were built.
    """
    found = read_record("keras-names/elsewhere.json")
    return {
        name: [date.fromisoformat(day) for day in each["built"]]
        for name, each in found.items()
    }


def offered(names, place):
    """Map each path that a release offers to the set of its arguments."""
    return {
        path: set(arguments.split())
        for path, spans in names.items()
        for first, last, _, arguments in spans
        if first <= place <= last
    }


def counted(names, place):
    """List the public paths of a release, one for each class and function."""
    return [
        path
        for path, spans in names.items()
        for first, last, counts, _ in spans
        if counts and first <= place <= last
    ]


def kept(public, before, after, *, arguments=False):
    """List which public names of one release another still offers.

    Args:
        public: the public paths of the release a tutorial was written for.
        before: what that release offers, as of `offered`.
        after: what the release offers that it is read with.
        arguments: whether all arguments must be there, too.
    """
    return [
        path
        for path in public
        if path in after and (not arguments or before[path] <= after[path])
    ]


def shares_kept(names, count, *, arguments=False):
    """Surviving fraction of each pair: rows old releases, columns new ones."""
    offers = [offered(names, place) for place in range(count)]
    shares = np.full((count, count), np.nan)
    for old, before in enumerate(offers):
        public = counted(names, old)
        for new in range(old, count):
            left = kept(public, before, offers[new], arguments=arguments)
            shares[old, new] = len(left) / len(public)
    return shares


def half_life(days, shares):
    """Years from the first day until less than half is left; else `None`."""
    for day, share in zip(days, shares, strict=True):
        if share < 0.5:
            return (day - days[0]).days / 365.25
    return None


def lost_by_part(names, old, new):
    """Count the public names of one release that another lacks, by part.

    Returns:
        maps parts such as `"keras.backend"` to pairs of lost and all.
    """
    after, found = offered(names, new), {}
    for path in counted(names, old):
        part = ".".join(path.split(".")[:2])
        lost, total = found.get(part, (0, 0))
        found[part] = lost + (path not in after), total + 1
    return found


def lifetime(names, path, argument=None):
    """List the places of the releases that offer a path, or its argument."""
    return [
        place
        for first, last, _, arguments in names.get(path, [])
        if argument is None or argument in arguments.split()
        for place in range(first, last + 1)
    ]
