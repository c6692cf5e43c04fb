"""The table of mutants; mutmut itself runs in `make mutants` alone."""

import json

import pytest

from bench.mutants import main


@pytest.fixture
def tried(tmp_path):
    """Return a folder as mutmut leaves it, of modules with the exit codes of their tests."""

    def write(**modules):
        for name, codes in modules.items():
            file = tmp_path / f"{name.replace('__', '/')}.py.meta"
            file.parent.mkdir(parents=True, exist_ok=True)
            found = {f"m{number}": code for number, code in enumerate(codes)}
            file.write_text(json.dumps({"exit_code_by_key": found}), encoding="utf-8")
        return tmp_path

    return write


def test_what_no_test_notices_is_counted_by_module_and_by_package(tried, capsys):
    killed, lived, uncalled, timeout, untried = 1, 0, 33, -24, None
    folder = tried(
        bookkit__text__lines=[killed] * 8 + [timeout],
        bookkit__text__numbers=[lived, untried],
        bookkit__pages__reader=[killed] * 8 + [lived, uncalled],
        kerasbook__scores=[untried],
    )
    assert main(folder) == 1
    *lines, problem = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["bookkit/pages/reader.py", "8", "of", "10", "80.0%", "noticed"],
        ["bookkit/text/lines.py", "9", "of", "9", "100.0%", "noticed"],
        ["bookkit/text/numbers.py", "0", "of", "1", "0.0%", "noticed"],
        ["bookkit/pages", "8", "of", "10", "80.0%", "noticed"],
        ["bookkit/text", "9", "of", "10", "90.0%", "noticed"],
    ]
    assert problem == "problem: bookkit/pages: less than 90.0% of the changes were noticed"


def test_the_metrics_are_one_package(tried, capsys):
    folder = tried(kerasbook__scores=[1] * 9, kerasbook__applications__boxes=[0])
    assert main(folder) == 0
    assert "kerasbook  " in capsys.readouterr().out
