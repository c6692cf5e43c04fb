"""Which state of the project made something."""

import subprocess

from bookkit.paths import ROOT


def commit() -> str:
    """Return the commit of the project, marked when the code differs from it, or `unknown`."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=12"]
    try:
        described = subprocess.run(command, capture_output=True, text=True, check=True)
        changed = subprocess.run(
            ["git", "-C", str(ROOT), "status", "--porcelain", "--", "code/kerasbook"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip() + ("-modified" if changed.stdout.strip() else "")
