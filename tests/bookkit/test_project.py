"""What stands in several files of the project and must say the same in each."""

import re

import yaml

from bookkit.paths import ROOT


def test_hooks_run_what_make_check_runs():
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    run = "env PYTHONPATH=code .venv/bin/python -P"
    commands = recipe[1].replace("$(BIN)", ".venv/bin").replace("$(RUN)", run).split("\n\t")
    (hooks,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = [hook["entry"].removesuffix(" --force-exclude") for hook in hooks["hooks"]]
    assert entries == [command.strip() for command in commands]
    assert len(entries) == 5
