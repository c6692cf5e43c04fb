"""CONTRIBUTING.md and the maps of the READMEs name what is there, and every check."""

import re

import pytest

from bookkit import __main__ as command_line
from bookkit import build
from bookkit.checks import all as checks
from bookkit.checks import cells, sections
from bookkit.paths import CODE, ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
READMES = {
    "README.md": "## Where things are",
    "README.zh.md": "## 目录",
}
FOLDERS = {path.parent.name for path in (CODE / "bookkit").glob("*/__init__.py")}
# A path, but for the names that a contributor chooses.
PATH = re.compile(r"`((?:book|code|tests)/[^`\s]*|[\w-]+\.(?:py|txt|toml|md)|Makefile|NOTICE)`")
CHOSEN = re.compile("NAME|PART|FOLDER|CODE|SCRIPT")


def test_every_path_of_the_guide_exists():
    named = [path for path in PATH.findall(GUIDE) if not CHOSEN.search(path)]
    missing = [
        path
        for path in named
        if not any((folder / path).exists() for folder in (ROOT, CODE / "bookkit"))
        and path not in ("__init__.py", "all.py", "book.py")  # of the folder named beside them
    ]
    assert len(named) > 40
    assert missing == []


def test_the_table_of_folders_has_a_row_for_each_and_tests_mirror_them():
    flow = GUIDE.partition("## Where to change what")[0]
    rows = re.findall(r"^\| `(\w+)` \|", flow, re.MULTILINE)
    assert sorted(rows) == sorted(FOLDERS)
    assert all((ROOT / "tests" / "bookkit" / name).is_dir() for name in FOLDERS)


def test_what_the_table_of_changes_names_stands_in_a_file_beside_it():
    table = GUIDE.partition("## Where to change what")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    for row in rows:
        assert PATH.findall(row), f"a row names where to look: {row}"
        files = [path for path in map(ROOT.joinpath, PATH.findall(row)) if path.is_file()]
        texts = "".join(path.read_text(encoding="utf-8") for path in files)
        names = re.findall(r"`([A-Za-z]+)`", row)
        assert [name for name in names if not re.search(rf"\b{name}\b", texts)] == []


@pytest.mark.parametrize(("name", "heading"), READMES.items(), ids=READMES)
def test_the_map_of_each_readme_names_what_is_there(name, heading):
    block = (ROOT / name).read_text(encoding="utf-8").partition(heading)[2].split("```")[1]
    top = re.findall(r"^(\S.*?)  ", block, re.MULTILINE)
    paths = [path for entry in top for path in entry.split(", ")]
    assert all((ROOT / path).exists() for path in paths)
    assert {"book/zh", "code/bookkit", "code/bookkit/sample", "conf.py"} <= set(paths)
    assert set(re.findall(r"^  (\w+)", block, re.MULTILINE)) == FOLDERS


def test_documents_stay_short_enough_to_be_read():
    sizes = {name: len((ROOT / name).read_bytes()) for name in (*READMES, "CONTRIBUTING.md")}
    limits = dict.fromkeys(READMES, 8 * 1024) | {"CONTRIBUTING.md": 12 * 1024}
    assert {name: size for name, size in sizes.items() if size > limits[name]} == {}


def test_both_readmes_have_the_same_commands_targets_and_variables():
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in READMES]
    for pattern in (r"^\$ .*", r"^\| (`\w+`) \|", r"^#+ "):
        first, second = (re.findall(pattern, text, re.MULTILINE) for text in texts)
        assert first == second


def test_every_check_stands_in_the_guide_beside_its_contract():
    contracts = GUIDE.partition("## What is checked")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+\.\w+)`", "".join(re.findall(r"^\|[^|]*\|", contracts, re.MULTILINE)))
    listed = [f"{each.__module__.rpartition('.')[2]}.{each.__name__}" for each in checks.CHECKS]
    assert sorted(named) == sorted(listed)
    assert f"at most {cells.MAX_LINES} lines" in contracts
    assert f"at least {sections.MIN_EXERCISES} exercises" in contracts


def test_a_list_has_at_most_four_places_and_the_test_that_takes_them():
    lists = re.findall(r"^## (A \w+)\n\n.*(?:Three|Four) .*; `(tests/\S+)`", GUIDE, re.MULTILINE)
    expected = ["page", "diagram", "dataset", "format", "check"]
    assert [heading for heading, _ in lists] == [f"A {name}" for name in expected]
    for heading, test in lists:
        part = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
        steps = re.findall(r"^(\d)\. ", part, re.MULTILINE)
        assert steps == [str(step) for step in range(1, len(steps) + 1)]
        assert 1 <= len(steps) <= 4
        assert f'"{heading}"' in (ROOT / test).read_text(encoding="utf-8")


# The places of CONTRIBUTING.md, "A check": a function, its name in the list, its row.
def no_tabs(book):
    """No page has a tab."""
    for page in book.pages:
        for line, text in enumerate(page.text.splitlines(), 1):
            if "\t" in text:
                yield page.at(line, "a tab stands here; write spaces")


def test_a_check_more_is_heard_in_make_check(project, monkeypatch, capsys):
    text = "(sec-a)=\n# A\n\nOne\ttwo.\n"
    book = project({f"book/{language}/index.md": text for language in ("zh", "en")})
    monkeypatch.setattr(build, "ROOT", book.root)
    assert command_line.main(["check"]) == 1
    before = capsys.readouterr().out
    monkeypatch.setattr(checks, "CHECKS", (*checks.CHECKS, no_tabs))
    assert command_line.main(["check"]) == 1
    added = [line for line in capsys.readouterr().out.splitlines() if line not in before]
    assert added[:-1] == [
        f"book/{language}/index.md:4: a tab stands here; write spaces" for language in ("zh", "en")
    ]
    assert re.fullmatch(r"pages: \d+ problems", added[-1])
