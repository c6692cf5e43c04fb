"""Package files of old releases: read, never run, and kept in one small file."""

import hashlib
import io
import json
import tarfile
import zipfile

import pytest

from bookkit.data import keras_names
from bookkit.data.registry import SAMPLE

DENSE = b"import theano\nclass Dense:\n    def __init__(self, output_dim): ...\n"
RUNS = b"raise SystemExit('an old release was run')\n"


def write_tar(path, contents, when):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"Keras-0.2.0/{name}")
            member.size, member.mtime = len(content), when
            archive.addfile(member, io.BytesIO(content))


def write_wheel(path, contents, when):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(keras_names, "VERSIONS", ("10.0.0", "0.2.0"))
    monkeypatch.setattr(keras_names, "ELSEWHERE", {"mxnet": ("keras_mxnet", "1.2.2.1", "2.2.4.3")})
    monkeypatch.setattr(keras_names, "ALSO", frozenset())
    packages = tmp_path / "packages"
    packages.mkdir()
    old = {"setup.py": RUNS, "keras/__init__.py": RUNS, "keras/core.py": DENSE, "README": b"\xff"}
    write_tar(packages / "Keras-0.2.0.tar.gz", old, 1444555666)
    new = {"keras/__init__.py": b"", "keras/core.py": DENSE.replace(b"output_dim", b"units, *, a")}
    new |= {"keras/layers.py": b"from .core import Dense", "other/x.py": b"class Other: ..."}
    write_wheel(packages / "keras-10.0.0-py3-none-any.whl", new, (2026, 6, 24, 1, 2, 4))
    for version, year in (("1.2.2.1", 2018), ("2.2.4.3", 2020)):
        name = f"keras_mxnet-{version}-py2.py3-none-any.whl"
        write_wheel(packages / name, {"keras/a.py": b"import mxnet"}, (year, 4, 10, 0, 0, 0))
    return packages


def test_both_kinds_of_files_are_read_and_nothing_is_run(folder, tmp_path):
    keras_names.read_all(folder, tmp_path / "target")
    found = json.loads((tmp_path / "target" / "names.json").read_text(encoding="utf-8"))
    old, new = found["releases"]
    assert old == {
        "version": "0.2.0", "built": "2015-10-11", "frameworks": ["theano"],
        "file": "Keras-0.2.0.tar.gz",
        "sha256": hashlib.sha256((folder / "Keras-0.2.0.tar.gz").read_bytes()).hexdigest(),
    }  # fmt: skip
    assert (new["version"], new["built"]) == ("10.0.0", "2026-06-24")  # after 0.2.0, as a version
    assert found["names"] == {
        "keras.core.Dense": [[0, 0, True, "output_dim"], [1, 1, True, "units a"]]
    }
    elsewhere = json.loads((tmp_path / "target" / "elsewhere.json").read_text(encoding="utf-8"))
    assert elsewhere["mxnet"]["built"] == ["2018-04-10", "2020-04-10"]


def test_a_missing_file_says_how_to_get_it(folder, tmp_path):
    (folder / "Keras-0.2.0.tar.gz").unlink()
    command = rf"pip download --no-deps --dest {folder} keras==0\.2\.0"
    with pytest.raises(FileNotFoundError, match=command):
        keras_names.read_all(folder, tmp_path / "target")


def test_a_file_that_is_not_about_its_framework_is_refused(folder, tmp_path, monkeypatch):
    wrong = {"cntk": ("keras_mxnet", "1.2.2.1", "2.2.4.3")}
    monkeypatch.setattr(keras_names, "ELSEWHERE", wrong)
    with pytest.raises(ValueError, match=r"keras_mxnet 1\.2\.2\.1 does not import cntk"):
        keras_names.read_all(folder, tmp_path / "target")


def test_versions_are_told_apart(folder):
    (folder / "keras-10.0.01-py3-none-any.whl").touch()
    assert keras_names.package_file(folder, "keras", "10.0.0").name.startswith("keras-10.0.0-py3")


def test_spans_join_what_stays_equal_and_leave_gaps():
    offers = [("a", True), ("a", True), (None, False), ("a", True), ("a", False), ("a b", False)]
    assert list(keras_names.spans(offers)) == [
        (0, 1, True, "a"), (3, 3, True, "a"), (4, 4, False, "a"), (5, 5, False, "a b"),
    ]  # fmt: skip


def test_the_sample_holds_the_versions_that_it_is_said_to_hold():
    found = json.loads((SAMPLE / "keras-names" / "names.json").read_text(encoding="utf-8"))
    assert [each["version"] for each in found["releases"]] == list(keras_names.VERSIONS)
    assert set(found["names"]) >= keras_names.ALSO
    for each in found["releases"]:
        assert keras_names.re.search(rf"eras-{each['version']}[-.]", each["file"])
        assert len(each["sha256"]) == 64
