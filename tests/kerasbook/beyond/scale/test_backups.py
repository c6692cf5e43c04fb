"""Backups are whole, and of one epoch, or an error says which is not."""

import json

import h5py
import pytest

from kerasbook.beyond.scale.backups import check_backups, read_backup


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / f"backup-{rank}" for rank in range(2)]
    for folder in made:
        write(folder)
    return made


def write(folder, *, epoch=2, arrays=3):
    folder.mkdir(exist_ok=True)
    with h5py.File(folder / "latest.weights.h5", "w") as file:
        for number in range(arrays):
            file[f"layers/dense/vars/{number}"] = [1.0] * 100
    notes = {"epoch": epoch, "batch": 0}
    (folder / "training_metadata.json").write_text(json.dumps(notes))


def test_whole_backups_say_how_many_epochs_are_done(folders):
    assert read_backup(folders[0]) == (2, 3)
    assert check_backups(folders) == 2


@pytest.mark.parametrize("name", ["latest.weights.h5", "training_metadata.json"])
def test_a_file_cut_in_half_is_named(folders, name):
    file = folders[1] / name
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"cut file in 'backup-1'.*copy the folder"):
        check_backups(folders)


def test_a_missing_file_is_named(folders):
    (folders[0] / "training_metadata.json").unlink()
    with pytest.raises(ValueError, match="missing or cut file in 'backup-0'"):
        check_backups(folders)


@pytest.mark.parametrize("other", [{"epoch": 1}, {"arrays": 2}])
def test_backups_that_differ_are_shown(folders, other):
    write(folders[1], **other)
    with pytest.raises(ValueError, match=r"backup-1.*Copy the folder with the most"):
        check_backups(folders)
