"""A release: every format once, hashed, and nothing that is not committed."""

import hashlib
import json
import subprocess
import sys
import zipfile

import pytest

from bookkit import __main__ as command_line
from bookkit import build, release
from bookkit.languages import LANGUAGES
from bookkit.running import commit


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Return what was built, in order, with stand-ins for the builds."""
    done = []

    def run(target, variant, page, languages):
        done.append((target, variant, languages))
        (tmp_path / target).mkdir(exist_ok=True)
        (tmp_path / target / "index.html").write_text(target)

    def package(command, check):
        assert command[:4] == [sys.executable, "-m", "build", "--outdir"]
        (command[4] / "kerasbook-1.2-py3-none-any.whl").write_text("wheel")

    def book_file(name, language):
        path = tmp_path / f"keras-book-{language}.{name}"
        path.write_text(f"{name} {language}")
        return path

    monkeypatch.setattr(build, "run", run)
    monkeypatch.setattr(commit, "changed", lambda: "")
    monkeypatch.setattr(commit, "commit", lambda: "c0ffee")
    monkeypatch.setattr(subprocess, "run", package)
    monkeypatch.setattr(release, "book_file", book_file)
    monkeypatch.setattr(release, "BUILD", tmp_path)
    monkeypatch.setattr(release, "SITE", tmp_path / "html")
    monkeypatch.setattr(release, "FOLDER", tmp_path / "release")
    return done


def test_all_formats_stand_in_one_folder_with_their_hashes(built):
    folder = release.release("1.2")
    (folder / "left.txt").touch()  # by an earlier try
    folder = release.release("1.2")
    assert [target for target, *_ in built[:4]] == ["notebooks", "pdf", "epub", "html"]
    assert {each[1:] for each in built} == {("sample", tuple(LANGUAGES))}
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    names = {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    assert sums.keys() == names
    assert names == {
        "keras-book-1.2-site.zip", "keras-book-1.2-notebooks.zip",
        *(f"keras-book-{code}-1.2.{name}" for code in LANGUAGES for name in ("pdf", "epub")),
        "kerasbook-1.2-py3-none-any.whl", "versions.json",
    }  # fmt: skip
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(folder / "keras-book-1.2-site.zip") as site:
        assert site.read("html/index.html") == b"html"
    ran_on = json.loads((folder / "versions.json").read_text())
    assert ran_on["commit"] == "c0ffee"
    assert "keras" in ran_on["packages"]


def test_a_tree_with_changes_is_refused_before_anything_is_built(built, monkeypatch, capsys):
    monkeypatch.setattr(commit, "changed", lambda: " M book/en/index.md\n?? notes.txt")
    assert command_line.main(["release"]) == 1
    assert built == []
    assert capsys.readouterr().err == (
        "error: a release holds what is committed; commit these first:\n"
        " M book/en/index.md\n?? notes.txt\n"
    )
