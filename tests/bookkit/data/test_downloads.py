"""The record of downloads: made from the versions of a file in a clone."""

import json
import subprocess

from bookkit.data import downloads
from bookkit.data.registry import SAMPLE


def git(folder, *arguments, day="2026-01-01"):
    """Run git in a folder, as nobody, on a day."""
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER")
           for what in ("NAME", "EMAIL")},
        **{f"GIT_{who}_DATE": f"{day}T12:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    }  # fmt: skip
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def write_version(folder, day, counts):
    """Commit a count of a day."""
    rows = [{"project": name, "download_count": count} for name, count in counts.items()]
    record = {"last_update": f"{day} 06:00:00", "rows": rows}
    (folder / downloads.RECORD).write_text(json.dumps(record), encoding="utf-8")
    git(folder, "add", ".", day=day)
    git(folder, "commit", "--quiet", "-m", day, day=day)


def test_each_version_since_a_day_is_a_count(tmp_path):
    clone, target = tmp_path / "clone", tmp_path / "target"
    clone.mkdir()
    target.mkdir()
    git(clone, "init", "--quiet")
    write_version(clone, "2022-01-01", {"keras": 1})
    write_version(clone, "2026-02-01", {"keras": 2, "numpy": 9})
    write_version(clone, "2026-03-01", {"keras": 3, "torch": 7})
    downloads.read_all(clone, target)
    made = json.loads((target / "downloads.json").read_text(encoding="utf-8"))
    assert made["packages"]["keras"] == {"2026-02-01": 2, "2026-03-01": 3}
    assert made["packages"]["torch"] == {"2026-03-01": 7}
    assert set(made["packages"]) == set(downloads.PACKAGES)
    assert len(made["commit"]) == 40


def test_the_sample_says_where_it_comes_from():
    held = json.loads((SAMPLE / "downloads" / "downloads.json").read_text(encoding="utf-8"))
    assert held["what"] == downloads.WHAT
    assert list(held["packages"]) == list(downloads.PACKAGES)
    assert held["read"] == "2026-11-27"
