import json
import zipfile

import h5py
import pytest

from kerasbook.beyond.files import malicious as page


def test_a_copy_changes_what_it_is_told_and_nothing_else(honest, tmp_path):
    target = tmp_path / "copy.keras"
    page.copy_archive(honest, target, config=page.add_foreign_function)
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(target) as new:
        assert old.namelist() == new.namelist()
        for name in ("metadata.json", "model.weights.h5"):
            assert old.read(name) == new.read(name)
        before, after = (json.loads(a.read("config.json")) for a in (old, new))
    changed = before["config"]["layers"]
    page.add_foreign_function(before)
    assert before == after
    assert changed[1]["config"]["function"]["module"] == "stranger"


@pytest.mark.parametrize(
    ("change", "kind"),
    [(page.point_elsewhere, h5py.ExternalLink), (page.claim_terabytes, h5py.HardLink)],
)
def test_the_kernel_is_replaced(tmp_path, change, kind):
    with h5py.File(tmp_path / "a.h5", "w") as weights:
        weights[page.KERNEL] = [1.0]
        change(weights)
        assert isinstance(weights.get(page.KERNEL, getlink=True), kind)


def test_the_strange_files_are_small_and_stay_in_their_folder(honest, tmp_path):
    page.copy_archive(honest, tmp_path / "model.keras")
    names = page.make_strange_files(str(tmp_path / "model.keras"))
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*names, "model.keras"])
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) < 10 * honest.stat().st_size
