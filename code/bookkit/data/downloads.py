"""How often packages were downloaded: read from a public record, kept in one file."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

# A clone of hugovk/top-pypi-packages: each version of this file is a count of the most downloaded.
RECORD = "top-pypi-packages-30-days.min.json"
SINCE = "2023-07-01"
PACKAGES = ("torch", "tensorflow", "keras", "jax", "flax", "tf-keras-nightly")
WHAT = (
    "downloads from PyPI in about a month before the day: until 2024-11-01 by pip alone, then by"
    " all installers; until 2025-06-13 in the 30 days before, or in 22 to 29, since then in the"
    " calendar month before"
)


def read_all(clone: Path, target: Path) -> None:
    """Write the counts of a few packages, of every version of the record since a day."""
    counts: dict[str, dict[str, int]] = {name: {} for name in PACKAGES}
    versions = _git(clone, "log", "--reverse", "--format=%H", f"--since={SINCE}", "--", RECORD)
    for version in versions.split():
        record = json.loads(_git(clone, "show", f"{version}:{RECORD}"))
        day = record["last_update"][:10]
        for row in record["rows"]:
            if row["project"] in counts and day >= SINCE:
                counts[row["project"]][day] = row["download_count"]
    commit = _git(clone, "rev-parse", "HEAD").strip()
    write_record(target / "downloads.json", {"commit": commit, "what": WHAT}, counts)


def write_record(path: Path, facts: dict[str, str], packages: dict[str, dict[str, Any]]) -> None:
    """Write what was read of each package, after the day, UTC, and other facts of the reading."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    text = json.dumps({"read": day, **facts, "packages": packages}, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")


def _git(clone: Path, *arguments: str) -> str:
    command = ["git", "-C", str(clone), *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
