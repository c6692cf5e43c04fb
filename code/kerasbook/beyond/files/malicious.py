"""Harmless files as an attacker might make them, to test one's checks."""

import io
import json
import zipfile
from pathlib import Path

import h5py

KERNEL = "layers/dense/vars/0"  # the first array of the first layer


def copy_archive(source, target, *, config=None, weights=None):
    """Copy a `.keras` file with one thing changed.

    Args:
        source: path of the file.
        target: path of the copy.
        config: changes the configuration, a dictionary, in place.
        weights: changes the weights, an open HDF5 file, in place.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if config and name == "config.json":
                parts = json.loads(content)
                config(parts)
                content = json.dumps(parts).encode()
            if weights and name == "model.weights.h5":
                memory = io.BytesIO(content)
                with h5py.File(memory, "r+") as file:
                    weights(file)
                content = memory.getvalue()
            new.writestr(name, content)


def add_foreign_function(config):
    """Configuration that refers to a function of another module."""
    config["config"]["layers"][1] = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {
            "function": {
                "module": "stranger",
                "class_name": "function",
                "config": "wave",
                "registered_name": "wave",
            }
        },
    }


def point_elsewhere(weights):
    """Replace an array by a link into another file, which does not exist."""
    del weights[KERNEL]
    weights[KERNEL] = h5py.ExternalLink("elsewhere.h5", "/diary")


def claim_terabytes(weights):
    """Declare an array of 4 TiB and store none of it."""
    del weights[KERNEL]
    weights.create_dataset(
        KERNEL, (2**20, 2**20), dtype="float32", chunks=(1024, 1024)
    )


def add_path_traversal(path):
    """Add a member whose name leads out of the folder."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../note.txt", "hello")


def add_zip_bomb(path):
    """Add a member that declares 1 TiB and stores five bytes."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("assets/words.txt", "hello")
        archive.getinfo("assets/words.txt").file_size = 2**40


def write_first_half(source, target):
    """Write the first half of a file, as after a broken download."""
    content = source.read_bytes()
    target.write_bytes(content[: len(content) // 2])


def make_strange_files(honest):
    """Write harmless copies of a model's file, each with one thing wrong.

    Args:
        honest: path of a `.keras` file whose first layer is `dense`.

    Returns:
        names of the files, in the folder of the original.
    """
    honest = Path(honest)
    folder = honest.parent
    copy_archive(honest, folder / "foreign.keras", config=add_foreign_function)
    copy_archive(honest, folder / "link.keras", weights=point_elsewhere)
    copy_archive(honest, folder / "huge.keras", weights=claim_terabytes)
    copy_archive(honest, folder / "path.keras")
    add_path_traversal(folder / "path.keras")
    copy_archive(honest, folder / "claim.keras")
    add_zip_bomb(folder / "claim.keras")
    write_first_half(honest, folder / "half.keras")
    names = ("foreign", "link", "huge", "path", "claim", "half")
    return [f"{name}.keras" for name in names]
