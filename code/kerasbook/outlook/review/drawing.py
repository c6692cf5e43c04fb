"""Figures of the page on eleven years: backends, names, and what is left."""

import numpy as np


def plot_backends(axis, releases, elsewhere):
    """Draw when releases imported which framework, a row each.

    Args:
        axis: Matplotlib axes.
        releases: as of `load_names`.
        elsewhere: maps more frameworks to the first and last day of a version
            of Keras for them that others published.
    """
    seen = {}
    for release in releases:
        for name in release["frameworks"]:
            seen.setdefault(name, []).append(release["built"])
    rows = seen | elsewhere
    order = sorted(rows, key=lambda name: rows[name][0], reverse=True)
    for row, name in enumerate(order):
        color, marker = ("C0", "o") if name in seen else ("C1", "s")
        axis.plot(rows[name], [row] * len(rows[name]), color=color, alpha=0.4)
        axis.plot(rows[name], [row] * len(rows[name]), marker, color=color)
    axis.set_yticks(range(len(order)), order)
    axis.set_ylim(-0.6, len(order) - 0.4)


def plot_counts(axis, releases, counts):
    """Draw how many public names releases have, a marker for each major."""
    days = [release["built"] for release in releases]
    axis.plot(days, counts, color="C6", linewidth=0.7)
    majors = np.array([int(each["version"].split(".")[0]) for each in releases])
    for major, marker in zip(range(4), "^sov", strict=True):
        chosen = np.flatnonzero(majors == major)
        axis.plot(
            [days[place] for place in chosen],
            [counts[place] for place in chosen],
            marker, color=f"C{major}", label=f"Keras {major}.x",
        )  # fmt: skip
    axis.set(ylabel="public names", ylim=(0, None))
    axis.legend()


def plot_steps(axis, releases, shares):
    """Draw which share of its names each release lost to the next one."""
    versions = [release["version"].rsplit(".", 1)[0] for release in releases]
    lost = 1 - np.diagonal(shares, offset=1)
    places = np.arange(1, len(versions))
    moved = np.isin(versions[1:], ("1.0", "2.0", "2.6", "3.0"))
    colors = np.where(moved, "C1", "C0")
    axis.bar(places, 100 * lost, color=colors)
    for place in places[moved]:
        top = place, 100 * lost[place - 1]
        axis.annotate(versions[place], top, ha="center", va="bottom")
    axis.set_xticks(places[::3], versions[1::3], rotation=60)
    axis.set(ylabel="names lost (%)", ylim=(0, 42))


def plot_map(axis, releases, shares):
    """Draw which share of names is kept, as a map of old and new releases."""
    image = axis.imshow(100 * shares, vmin=0, vmax=100)
    versions = [release["version"].rsplit(".", 1)[0] for release in releases]
    ticks = range(0, len(versions), 3)
    axis.set_xticks(ticks, versions[::3], rotation=60)
    axis.set_yticks(ticks, versions[::3])
    axis.set(xlabel="exists in release", ylabel="names of release")
    axis.figure.colorbar(image, ax=axis, label="names kept (%)", shrink=0.8)


def plot_survival(axis, releases, shares, versions):
    """Draw what is left of the names of some releases, over their age."""
    names = [release["version"] for release in releases]
    days = np.array([release["built"] for release in releases])
    markers = "^sovDx"
    for version, marker in zip(versions, markers, strict=False):
        place = names.index(version)
        ages = [(day - days[place]).days / 365.25 for day in days[place:]]
        left = 100 * shares[place, place:]
        axis.step(ages, left, where="post", marker=marker, ms=4, label=version)
    axis.axhline(50, color="C6", linewidth=0.7, linestyle="--")
    axis.set(xlabel="age (years)", ylabel="names kept (%)", ylim=(0, 103))
    axis.legend(ncols=2)


def plot_lives(axis, releases, lives):
    """Draw from when to when names existed, a row each, the first on top."""
    days = [release["built"] for release in releases]
    for row, places in enumerate(reversed(lives.values())):
        alive = places[-1] == len(days) - 1
        color, marker = ("C0", "o") if alive else ("C1", "s")
        ends = [days[places[0]], days[places[-1]]]
        axis.plot(ends, [row, row], "-", marker=marker, color=color)
    axis.set_yticks(range(len(lives)), reversed(lives), fontsize=8)
    axis.set_ylim(-0.6, len(lives) - 0.4)
