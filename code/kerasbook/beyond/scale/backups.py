"""Backups of several processes: whole, and of one epoch."""

import json
from pathlib import Path

import h5py


def read_backup(folder):
    """Return how many epochs are done, and how many arrays were kept.

    Raises:
        OSError: a file is missing or cut off.
        ValueError: the notes are cut off.
    """
    kept = []
    with h5py.File(folder / "latest.weights.h5") as file:
        file.visititems(
            lambda name, one: kept.append(isinstance(one, h5py.Dataset))
        )
    notes = (folder / "training_metadata.json").read_text(encoding="utf-8")
    return json.loads(notes)["epoch"], sum(kept)


def check_backups(folders):
    """Check that all processes can go on from the same place.

    Args:
        folders: those that `BackupAndRestore` wrote, one for each process.

    Returns:
        the number of epochs that are done.

    Raises:
        ValueError: a file is missing or incomplete, or epochs differ.
    """
    found = {}
    for folder in map(Path, folders):
        try:
            found[folder.name] = read_backup(folder)
        except (OSError, ValueError):
            raise ValueError(
                "Expected whole backups. Received: a missing or cut file in "
                f"{folder.name!r}. All processes hold the same weights: copy "
                "the folder of another one over it."
            ) from None
    if len(set(found.values())) != 1:
        raise ValueError(
            "Expected backups of one epoch, with as many arrays each. "
            f"Received (epochs, arrays): {found}. Copy the folder with the "
            "most of both over the others."
        )
    return found.popitem()[1][0]
