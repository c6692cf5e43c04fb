"""The command line."""

import pytest

from bookkit.data import cli, folders, registry
from bookkit.data.registry import DATASETS, SAMPLE, File, Source, Specification


@pytest.fixture
def only_a_mirror(monkeypatch, tmp_path):
    """Let wnut17 and coco come from one file of the mirror."""
    monkeypatch.setenv("KERASBOOK_MIRROR", str(tmp_path))

    def make(name):
        def convert(paths, target):
            (target / name).write_bytes(paths["small"].read_bytes())

        source = Source("mirror small", (File("mirror:small"),), convert)
        return Specification(name, "", "", sources=(source,))

    for name in ("wnut17", "coco"):
        monkeypatch.setitem(registry.DATASETS, name, make(name))


def test_list_names_every_dataset_and_its_sources_in_order(capsys):
    assert cli.main(["list"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith("dataset")
    assert [row.split()[0] for row in rows] == list(DATASETS)
    cifar10 = rows[0]
    assert cifar10.index("mirror") < cifar10.index("cs.toronto.edu") < cifar10.index("npm tfjs")


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_a_wrong_name_is_one_line_with_the_valid_ones(command, capsys):
    assert cli.main([command, "cifar"]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.endswith(f"expected names among {', '.join(DATASETS)}; received cifar")


@pytest.mark.parametrize("arguments", [[], ["get"], ["where", "half"], ["list", "cifar10"]])
def test_bad_usage_is_2(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "usage: python -m bookkit data" in capsys.readouterr().err


def test_help_is_0(capsys):
    assert cli.main(["--help"]) == 0
    assert "list|fetch|verify|where" in capsys.readouterr().out


def test_where_prints_folders_that_pages_can_read(full, capsys):
    assert cli.main(["where", "sample"]) == 0
    assert capsys.readouterr().out == f"{SAMPLE}\n"
    assert cli.main(["where"]) == 0
    sample, fetched = capsys.readouterr().out.splitlines()
    assert sample == f"sample: {SAMPLE}"
    view = folders.resolve("full").folder
    assert fetched == f"full: {view}"
    assert (view / "cifar10.npz").is_file()


def test_a_failed_fetch_is_1_and_says_what_pages_use(only_a_mirror, full, tmp_path, capsys):
    assert cli.main(["fetch", "wnut17", "coco"]) == 1
    lines = capsys.readouterr().err
    assert f"wnut17: no source is left\n  mirror small: {tmp_path}/small: no such file" in lines
    assert "wnut17: the pages will use the sample" in lines
    assert "coco: the sample has none\n" in lines


def test_fetch_then_verify_then_damage(only_a_mirror, full, tmp_path, capsys):
    (tmp_path / "small").write_bytes(b"small")
    assert cli.main(["verify", "wnut17"]) == 1
    assert f"wnut17: not in {full}; run make data" in capsys.readouterr().out
    assert cli.main(["fetch", "wnut17", "coco"]) == 0
    assert cli.main(["verify", "wnut17", "coco"]) == 0
    assert capsys.readouterr().out == "wnut17: ok\ncoco: ok\n"
    (full / "wnut17").write_text("damage")
    assert cli.main(["verify", "wnut17"]) == 1
    assert "is damaged: expected SHA-256" in capsys.readouterr().out


def test_an_interrupted_fetch_says_that_nothing_is_half_done(full, monkeypatch, capsys):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.fetching, "fetch", stop)
    assert cli.main(["fetch"]) == 1
    assert "nothing is half done" in capsys.readouterr().err


def test_what_lies_in_the_repository_is_listed_and_never_fetched(full, capsys):
    assert cli.main(["list"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("forecasts")]
    assert row.endswith("in the repository")
    assert cli.main(["fetch", "forecasts"]) == cli.main(["verify", "forecasts"]) == 0
    assert capsys.readouterr() == (2 * "forecasts: part of the repository\n", "")
    assert folders.resolve("full").datasets["forecasts"].variant == "sample"
    assert "forecasts" not in capsys.readouterr().err
