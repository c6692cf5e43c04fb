"""The known holes; with `KERAS_WHEELS`, tried on old releases of Keras.

`pip download --no-deps keras==3.8.0 -d FOLDER` fetches a release; give the folder of several as
`KERAS_WHEELS=FOLDER`.
"""

import inspect
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import pytest
from matplotlib.figure import Figure
from packaging.version import InvalidVersion, Version

from kerasbook.beyond.files.history import (
    RELEASES,
    VULNERABILITIES,
    Vulnerability,
    affects,
    plot_vulnerabilities,
    vulnerabilities_of,
)
from kerasbook.beyond.files.malicious import add_foreign_function, copy_archive

WHEELS = (
    sorted(Path(os.environ["KERAS_WHEELS"]).glob("keras-3*.whl"))
    if "KERAS_WHEELS" in os.environ
    else []
)

# Tries harmless files on a release of Keras and prints which ones got through; the functions of the
# page stand in front of it, since the book is not on the path there.
TRIAL = """
import io, json, os, sys, warnings, zipfile
sys.path[:0] = [sys.argv[1], os.getcwd()]
os.environ["KERAS_BACKEND"] = "numpy"
warnings.simplefilter("ignore")
import h5py, keras
from keras.src.saving.serialization_lib import deserialize_keras_object

def opens(action):
    try:
        action()
    except Exception:
        return False
    return True

def outside(file):
    del file["layers/dense/vars/0"]
    open("raw.bin", "wb").write(bytes(48))
    place = [(os.path.abspath("raw.bin"), 0, 48)]
    file.create_dataset("layers/dense/vars/0", (4, 3), "f4", external=place)

load, input_ = keras.models.load_model, keras.Input((4,))
keras.Sequential([input_, keras.layers.Dense(3)]).save("dense.keras")
double = keras.layers.Lambda(lambda x: 2 * x)
keras.Sequential([input_, double]).save("lambda.h5")
open("stranger.py", "w").write("def wave(x):\\n    return x\\n")
copy_archive("dense.keras", "foreign.keras", config=add_foreign_function)
copy_archive("dense.keras", "outside.keras", weights=outside)
copy_archive("dense.keras", "claim.keras")
with zipfile.ZipFile("claim.keras", "a") as archive:
    archive.writestr("assets/words.txt", "hello")
    archive.getinfo("assets/words.txt").file_size = 2**40
opens(lambda: load("foreign.keras"))
switch = "enable_unsafe_deserialization"
switch = {"module": "keras.config", "class_name": "function", "config": switch,
          "registered_name": switch}
print(json.dumps([keras.__version__, {
    "a false claim": opens(lambda: load("claim.keras")),
    "CVE-2025-1550": "stranger" in sys.modules,
    "CVE-2025-9905": opens(lambda: load("lambda.h5")),
    "CVE-2025-9906": opens(lambda: deserialize_keras_object(switch)),
    "CVE-2026-1669": opens(lambda: load("outside.keras")),
    "CVE-2026-12481": opens(lambda: keras.layers.Lambda.from_config(double.get_config())),
}]))
"""


def test_spans_begin_before_they_end_and_names_differ():
    vulnerability = Vulnerability("CVE-0", "…", (("3.1.0", "3.2.0"), ("3.9.0", "3.10.0")))
    releases = ("3.0.9", "3.1.0", "3.2.0", "3.9.5", "3.10.0")
    answers = {release: affects(vulnerability, release) for release in releases}
    assert answers == {
        "3.0.9": False,
        "3.1.0": True,
        "3.2.0": False,
        "3.9.5": True,
        "3.10.0": False,
    }
    assert len({each.cve for each in VULNERABILITIES}) == len(VULNERABILITIES) == 11
    for each in VULNERABILITIES:
        assert all(affects(each, first) for first, _ in each.spans)
        assert not any(affects(each, fixed) for _, fixed in each.spans)


def test_the_book_is_built_with_a_release_without_known_holes():
    assert vulnerabilities_of(keras.__version__) == []
    assert "CVE-2025-1550" in vulnerabilities_of("3.8.0")
    assert "CVE-2026-1462" not in vulnerabilities_of("3.12.1")
    assert "CVE-2026-1462" in vulnerabilities_of("3.13.1")  # a higher number, and still open


@pytest.mark.parametrize("version", ["2.15.0", "30.1", ""])
def test_other_versions_are_told(version):
    with pytest.raises(ValueError, match=f"Received: version='{version}'"):
        vulnerabilities_of(version)


def test_what_is_no_version_is_told():
    with pytest.raises(InvalidVersion, match=r"3\.x"):
        vulnerabilities_of("3.x")


def test_the_figure_has_a_mark_for_each_hole_and_release():
    axis = Figure().subplots()
    plot_vulnerabilities(axis)
    assert len(axis.lines) == len(VULNERABILITIES) * len(RELEASES)
    squares = [line for line in axis.lines if line.get_marker() == "s"]
    assert len(squares) == sum(affects(each, r) for each in VULNERABILITIES for r in RELEASES)
    assert max(line.get_xdata()[0] for line in squares) == RELEASES.index("3.14.1")


@pytest.mark.skipif(not WHEELS, reason="needs KERAS_WHEELS, a folder of wheels of old Keras")
@pytest.mark.parametrize("wheel", WHEELS, ids=lambda path: path.name.split("-")[1])
def test_old_releases_open_what_the_table_says(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "old")
    shown = "\n".join(map(inspect.getsource, (copy_archive, add_foreign_function)))
    done = subprocess.run(
        [sys.executable, "-P", "-c", shown + TRIAL, str(tmp_path / "old")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-800:]
    version, found = json.loads(done.stdout.splitlines()[-1])
    refusing = [(3, 12, 4) <= Version(version).release < (3, 13), version == "3.15.1"]
    assert found.pop("a false claim") == (not any(refusing))  # no record counts it
    assert {cve for cve, through in found.items() if through} == set(
        vulnerabilities_of(version)
    ) & set(found)
