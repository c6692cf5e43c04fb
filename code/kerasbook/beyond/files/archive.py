"""A `.keras` file is a zip archive: open it, and judge its members."""

import json
import zipfile
from pathlib import Path, PurePosixPath

PARTS = ("metadata.json", "config.json", "model.weights.h5")
LARGEST_JSON = 2**24  # bytes, 16 MiB


def open_archive(path):
    """Open a `.keras` file as the zip archive that it is.

    Raises:
        ValueError: it is not whole; the text names the cure.
    """
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        size = Path(path).stat().st_size
        raise ValueError(
            "Expected a whole zip archive. Received: "
            f"path={str(path)!r}, {size:,} bytes without the directory that "
            "ends one. It was cut short, or is something else: fetch it "
            "again and compare its SHA-256 with the sender's."
        ) from error


def read_json_part(archive, name):
    """Read a part of an open archive as JSON, at most 16 MiB of it.

    Raises:
        ValueError: the part is missing, or is no JSON.
    """
    if name not in archive.namelist():
        raise ValueError(
            f"Expected {name!r} in the archive, as `model.save` writes it. "
            f"Received: {archive.namelist()}"
        )
    with archive.open(name) as file:
        text = file.read(LARGEST_JSON)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"Expected JSON of at most 16 MiB in {name!r}. Received: "
            f"{len(text):,} bytes that begin with {text[:20]!r}"
        ) from error


def is_path_traversal(name):
    """Whether an archive member points outside its folder (path traversal)."""
    steps = PurePosixPath(name.replace("\\", "/"))
    return steps.is_absolute() or ".." in steps.parts


def archive_concerns(archive):
    """Say what is odd about the members of an open archive."""
    concerns = []
    for member in archive.infolist():
        name, size = member.filename, member.file_size
        if is_path_traversal(name):
            concerns.append(f"{name} leaves its folder")
        elif name not in PARTS and not name.startswith("assets/"):
            concerns.append(f"{name} is no part of a model")
        stored = member.compress_size
        if size > 100 * max(stored, 1):
            concerns.append(f"{name} claims {size:,} bytes, stores {stored:,}")
    return concerns
