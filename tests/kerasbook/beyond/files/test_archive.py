import io
import zipfile

import pytest

from kerasbook.beyond.files.archive import (
    LARGEST_JSON,
    PARTS,
    archive_concerns,
    open_archive,
    read_json_part,
)


def archive_of(**members):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return zipfile.ZipFile(memory)


def test_keras_writes_these_parts_and_the_first_is_told_of_as_on_the_page(honest):
    with open_archive(honest) as archive:
        assert tuple(archive.namelist()) == PARTS
        assert archive_concerns(archive) == []
        assert len(archive.read("metadata.json")) == 64
    start = honest.read_bytes()
    assert start[:4] == b"PK\x03\x04"
    assert int.from_bytes(start[22:26], "little") == 64
    assert int.from_bytes(start[26:28], "little") == len("metadata.json") == 13
    assert start[43:59] == b'{"keras_version"'


@pytest.mark.parametrize("part", [0, 100, 0.5, -1])
def test_a_file_cut_anywhere_is_named_with_its_size_and_the_cure(honest, tmp_path, part):
    content = honest.read_bytes()
    end = int(part * len(content)) if isinstance(part, float) else part
    cut = tmp_path / "cut.keras"
    cut.write_bytes(content[:end])
    size = cut.stat().st_size
    with pytest.raises(ValueError, match=rf"cut\.keras', {size:,} bytes.*fetch it again"):
        open_archive(cut)


def test_a_file_that_is_not_there_stays_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_archive(tmp_path / "none.keras")


def test_json_is_read_and_what_is_none_is_told():
    archive = archive_of(**{"a.json": '{"x": [1]}', "b.json": "no", "c.json": "[" * 100_000})
    assert read_json_part(archive, "a.json") == {"x": [1]}
    with pytest.raises(ValueError, match=r"'b.json'. Received: 2 bytes that begin with b'no'"):
        read_json_part(archive, "b.json")
    with pytest.raises(ValueError, match=r"'c.json'. Received: 100,000 bytes"):
        read_json_part(archive, "c.json")
    with pytest.raises(ValueError, match=r"Expected 'd.json' in the archive.*'a.json'"):
        read_json_part(archive, "d.json")


def test_no_more_json_is_read_than_the_limit():
    archive = archive_of(**{"big.json": b" " * (LARGEST_JSON + 9)})
    with pytest.raises(ValueError, match=f"{LARGEST_JSON:,} bytes"):
        read_json_part(archive, "big.json")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "assets/../../x", "..\\x"])
def test_names_that_leave_the_folder_are_told(name):
    assert archive_concerns(archive_of(**{name: "x"})) == [f"{name} leaves its folder"]


def test_other_parts_are_told_and_assets_are_not():
    archive = archive_of(**{"assets/words.txt": "a", "run.py": "pass"})
    assert archive_concerns(archive) == ["run.py is no part of a model"]


def test_more_than_a_hundredfold_is_a_claim():
    archive = archive_of(**{"config.json": "x" * 10})
    archive.getinfo("config.json").file_size = 1000
    assert archive_concerns(archive) == []
    archive.getinfo("config.json").file_size = 1001
    assert archive_concerns(archive) == ["config.json claims 1,001 bytes, stores 10"]
