"""Weights in a file: what they declare, what is stored, whether they fit."""

from collections import Counter

import h5py

from kerasbook.beyond.files.archive import open_archive

DEEPEST = 20  # groups within groups; HDF5 allows circles


def require_shallow(prefix):
    """Raise an error if groups are nested more than 20 deep."""
    if prefix.count("/") > DEEPEST:
        raise ValueError(
            "Expected groups at most 20 deep, as Keras writes them. "
            f"Received: {prefix[:40]!r}..."
        )


def walk_weights(group, prefix=""):
    """Yield name, shape, bytes declared and bytes stored of each array."""
    require_shallow(prefix)
    for name in group:
        link = group.get(name, getlink=True)
        item = group[name] if isinstance(link, h5py.HardLink) else None
        if isinstance(item, h5py.Group):
            yield from walk_weights(item, f"{prefix}{name}/")
        elif item is None or item.is_virtual or item.external:
            yield prefix + name, None, 0, 0
        else:
            declared = item.size * item.dtype.itemsize
            stored = item.id.get_storage_size()
            yield prefix + name, item.shape, declared, stored


def walk_file(path):
    """List the arrays of a `.weights.h5` or a `.keras` file."""
    if str(path).endswith(".h5"):
        with h5py.File(path, "r") as weights:
            return list(walk_weights(weights))
    with (
        open_archive(path) as archive,
        archive.open("model.weights.h5") as file,
        h5py.File(file, "r") as weights,
    ):
        return list(walk_weights(weights))


def list_weights(path):
    """List the arrays of a file as `walk_file` does, with clear errors.

    Raises:
        ValueError: the file is not whole, or holds no weights.
    """
    try:
        return walk_file(path)
    except FileNotFoundError:
        raise
    except (KeyError, OSError) as error:
        raise ValueError(
            f"Expected a whole file of weights. Received: path={str(path)!r}, "
            f"which HDF5 cannot read ({error}). It was cut short, or is "
            "something else: go back to an earlier checkpoint, or fetch it "
            "again."
        ) from error


def weight_concerns(entries):
    """Say what is odd about weights, listed as `walk_weights` does."""
    concerns = []
    for name, shape, declared, stored in entries:
        if shape is None:
            concerns.append(f"{name} points to another place")
        elif declared > 100 * max(stored, 1):
            claim = f"claims {declared:,} bytes, stores {stored:,}"
            concerns.append(f"{name} {claim}")
    return concerns


def check_weights_fit(model, path):
    """Compare the shapes in a file with those of a built model.

    Raises:
        ValueError: weights are missing or left over.
    """
    entries = list_weights(path)
    stored = Counter(e[1] for e in entries if "optimizer/vars/" not in e[0])
    wanted = Counter(tuple(weight.shape) for weight in model.weights)
    missing = sorted((wanted - stored).elements())
    left_over = sorted((stored - wanted).elements())
    if missing or left_over:
        raise ValueError(
            f"Expected weights of the shapes of this network in {str(path)!r}. "
            f"Missing: {missing}, left over: {left_over}. Build the network "
            "that the sender trained."
        )


def plot_claims(axis, entries):
    """Draw what each array declares and what is stored, in bytes.

    Args:
        axis: Matplotlib axes.
        entries: what `list_weights` returns.
    """
    rows = [entry for entry in entries if entry[2]]
    for k, (label, marker) in enumerate([("declared", "o"), ("stored", "x")]):
        sizes = [max(row[2 + k], 1) for row in rows]
        axis.plot(sizes, range(len(rows)), marker, label=label, markersize=9)
    axis.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=8)
    axis.set_xscale("log")
    axis.set_xlim(0.5, 1e14)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlabel("bytes")
    axis.legend(loc="lower right")
