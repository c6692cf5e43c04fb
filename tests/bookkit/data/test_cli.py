"""The command line, and the registry behind it."""

import subprocess
import sys

import pytest

from bookkit.data import cli, conversion
from bookkit.data.obtain import File
from bookkit.data.registry import (
    HTTP,
    MIRROR,
    NPM,
    SAMPLE,
    Source,
    Specification,
    UnknownDatasetError,
    select,
    specifications,
)
from bookkit.paths import CODE

NAMES = ["cifar10", "newsgroups", "coco", "scenes", "cluener", "wnut17"]


def test_list_names_every_dataset_and_its_sources_in_order(capsys):
    assert cli.main(["list"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith("dataset")
    assert [row.split()[0] for row in rows] == NAMES
    cifar10, _, coco, scenes, *_ = rows
    assert cifar10.index("mirror") < cifar10.index("cs.toronto.edu") < cifar10.index("npm tfjs")
    assert " none " in coco
    assert "nothing is fetched" in scenes


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_a_wrong_name_is_one_line_with_the_valid_ones(command, capsys, tmp_path):
    assert cli.main([command, "cifar", "--folder", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"Expected dataset names among {', '.join(NAMES)}. Received: cifar"


@pytest.mark.parametrize("arguments", [[], ["get"], ["where", "half"], ["list", "cifar10"]])
def test_bad_usage_is_2(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "usage: python -m bookkit data" in capsys.readouterr().err


def test_help_is_0(capsys):
    assert cli.main(["--help"]) == 0
    assert "list|fetch|verify|where" in capsys.readouterr().out


def test_where_prints_the_folders(capsys, tmp_path):
    assert cli.main(["where", "sample"]) == 0
    assert capsys.readouterr().out == f"{SAMPLE}\n"


def test_where_full_is_a_folder_that_pages_can_read(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(cli, "VIEWS", tmp_path / "views")
    assert cli.main(["where", "--folder", str(tmp_path / "data")]) == 0
    sample, full = capsys.readouterr().out.splitlines()
    assert sample == f"sample: {SAMPLE}"
    assert full == f"full: {tmp_path / 'views' / 'full'}"
    assert (tmp_path / "views" / "full" / "cifar10.npz").is_file()


def test_nothing_is_fetched_for_scenes(capsys, tmp_path):
    assert cli.main(["fetch", "scenes", "--folder", str(tmp_path)]) == 0
    assert "scenes: nothing to fetch" in capsys.readouterr().err
    assert cli.main(["verify", "scenes", "--folder", str(tmp_path)]) == 0
    assert "scenes: nothing to check" in capsys.readouterr().out


@pytest.fixture
def only_a_mirror(monkeypatch, tmp_path):
    """Let wnut17 and coco come from one small file of a mirror."""

    def make(paths, target):
        conversion.write_lines(target / "wnut17" / "dev.jsonl", [{"tokens": [], "tags": []}])

    def fake(names):
        source = Source("mirror small", MIRROR, (File("small", "small"),), make)
        entry = {"wnut17": "wnut17", "coco": "coco"}
        return [Specification(name, entry[name], "", "", "", (source,)) for name in names]

    monkeypatch.setattr(cli, "select", fake)
    monkeypatch.setenv("KERASBOOK_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def test_a_failed_fetch_is_1_and_says_what_pages_use(only_a_mirror, capsys, tmp_path):
    assert cli.main(["fetch", "wnut17", "coco", "--folder", str(tmp_path / "data")]) == 1
    lines = capsys.readouterr().err
    assert "wnut17: no source is left\n  mirror small: " in lines
    assert "No such file or directory" in lines
    assert "wnut17: the pages will use the sample" in lines
    assert "coco: the pages will use scenes instead" in lines


def test_fetch_then_verify_then_damage(only_a_mirror, capsys, tmp_path):
    only_a_mirror.mkdir()
    (only_a_mirror / "small").write_bytes(b"small")
    folder = tmp_path / "data"
    assert cli.main(["verify", "wnut17", "--folder", str(folder)]) == 1
    assert f"wnut17: not in {folder}; run make data" in capsys.readouterr().out
    assert cli.main(["fetch", "wnut17", "--folder", str(folder)]) == 0
    assert cli.main(["verify", "wnut17", "--folder", str(folder)]) == 0
    assert "wnut17: ok" in capsys.readouterr().out
    (folder / "wnut17" / "dev.jsonl").write_text("damage")
    assert cli.main(["verify", "wnut17", "--folder", str(folder)]) == 1
    assert "is damaged: expected SHA-256" in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_1(only_a_mirror, capsys, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert cli.main(["fetch", "wnut17", "--folder", str(tmp_path / "file")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "it is not a folder" in line


def test_an_interrupted_fetch_says_that_nothing_is_half_done(monkeypatch, capsys):
    def stop(names):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "select", stop)
    assert cli.main(["fetch"]) == 1
    assert "nothing is half done" in capsys.readouterr().err


def test_a_missing_package_is_2_and_named(monkeypatch, capsys):
    def miss(names):
        raise ModuleNotFoundError("No module named 'filelock'", name="filelock")

    monkeypatch.setattr(cli, "select", miss)
    assert cli.main(["fetch"]) == 2
    assert "package filelock is not installed" in capsys.readouterr().err


def test_names_are_taken_once_in_order():
    assert [known.name for known in select(["wnut17", "cifar10", "wnut17"])] == [
        "wnut17",
        "cifar10",
    ]
    assert [known.name for known in select([])] == NAMES
    with pytest.raises(UnknownDatasetError):
        select(["cifar10", "cifar100"])


@pytest.mark.parametrize("name", NAMES)
def test_the_mirror_comes_first_and_all_that_is_downloaded_is_checked(name):
    sources = specifications()[name].sources
    kinds = [source.kind for source in sources]
    assert kinds == sorted(kinds, key=[MIRROR, HTTP, NPM].index)
    # These two are judged by what they hold, after conversion.
    unchecked = {"cifar10.npz", "cluener_public.zip"}
    for source in sources:
        for file in source.files:
            assert file.name in unchecked or file.sha256
            assert all(len(value) == 64 for value in file.sha256)
            assert source.kind != HTTP or file.address.startswith(("https://", "http://images."))


def test_coco_names_its_images():
    (annotations, *images) = specifications()["coco"].sources[1].files
    assert annotations.address.endswith("annotations/annotations_trainval2017.zip")
    assert sum(image.name.startswith("train2017/") for image in images) == 178
    assert sum(image.name.startswith("val2017/") for image in images) == 50


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, bookkit.data.cli, bookkit.data.fetching, bookkit.data.make_sample;"
        "print({'numpy', 'PIL', 'requests', 'tqdm', 'filelock', 'keras'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(CODE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "set()\n"
