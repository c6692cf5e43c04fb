"""Which state of the project made something."""

from types import SimpleNamespace

from bookkit.running import commit


def test_the_commit_is_marked_when_the_code_differs_from_it(monkeypatch):
    def git(changed):
        def run(command, **settings):
            said = "abcdef123456\n" if "describe" in command else changed
            return SimpleNamespace(stdout=said, returncode=0)

        return run

    monkeypatch.setattr(commit.subprocess, "run", git(""))
    assert commit.commit() == "abcdef123456"
    monkeypatch.setattr(commit.subprocess, "run", git(" M code/kerasbook/scores.py\n"))
    assert commit.commit() == "abcdef123456-modified"


def test_outside_a_checkout_the_commit_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(commit, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit.commit() == "unknown"
