"""Which state of the project made something."""

import subprocess

from bookkit.paths import ROOT


def commit() -> str:
    """Return the commit of the project, marked when the code differs from it, or `unknown`."""
    try:
        described = _git("describe", "--always", "--abbrev=12")
        changed = _git("status", "--porcelain", "code/kerasbook")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described + ("-modified" if changed else "")


def changed() -> str:
    """Return the files that differ from the commit, a line each as git has it."""
    return _git("status", "--porcelain")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
