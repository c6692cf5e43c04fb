"""Which state of the project made something."""

import shutil
import subprocess

import pytest

from bookkit.running import commit

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a folder that git knows nothing of."""
    monkeypatch.setattr(commit, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def git(project, *arguments):
    who = ("-c", "user.name=One", "-c", "user.email=one@example.com")
    command = ["git", "-C", str(project), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_is_marked_when_the_code_differs_from_it(project, capfd):
    code, page = project / "code" / "kerasbook" / "toy.py", project / "book" / "page.md"
    for file in (code, page):
        file.parent.mkdir(parents=True)
        file.write_text("x = 1\n", encoding="utf-8")
    git(project, "init")
    git(project, "add", ".")
    git(project, "commit", "--message", "First")
    first = git(project, "rev-parse", "HEAD")[:12]
    page.write_text("changed\n", encoding="utf-8")
    assert commit.commit() == first
    code.with_name("new.py").write_text("", encoding="utf-8")
    assert commit.commit() == f"{first}-modified"
    assert commit.changed().splitlines() == ["M book/page.md", "?? code/kerasbook/new.py"]
    assert capfd.readouterr() == ("", "")


def test_outside_a_checkout_the_commit_is_unknown(project, capfd):
    assert commit.commit() == "unknown"
    assert capfd.readouterr() == ("", "")


def test_without_git_the_commit_is_unknown(project, monkeypatch):
    git(project, "init")
    monkeypatch.setenv("PATH", "")
    assert commit.commit() == "unknown"
