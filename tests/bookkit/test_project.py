"""What stands in several files of the project and must say the same in each."""

import itertools
import re
import tomllib

import pytest
import yaml

import kerasbook
from bookkit.paths import ROOT


def test_hooks_run_what_make_check_runs():
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    run = "env PYTHONPATH=code .venv/bin/python -P"
    commands = recipe[1].replace("$(BIN)", ".venv/bin").replace("$(RUN)", run).split("\n\t")
    (hooks,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = [hook["entry"].removesuffix(" --force-exclude") for hook in hooks["hooks"]]
    assert entries == [command.strip() for command in commands]
    assert len(entries) == 5


def test_the_package_asks_for_the_versions_that_pages_ask_for():
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = whole["project"]["optional-dependencies"].values()
    asked = {*whole["project"]["dependencies"], *itertools.chain(*extras)}
    groups = whole["dependency-groups"]
    used = ("pages", "export", "grain", "pretrained", "search")
    assert asked < {entry for name in used for entry in groups[name]}


def test_the_citation_names_the_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == kerasbook.__version__


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash_with_their_version_beside_it(path):
    used = re.findall(r"^ *- uses: (.*)$", path.read_text(), re.MULTILINE)
    assert used
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)
