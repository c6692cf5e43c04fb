"""What `pip install` of the repository gives: one package, which runs on any one backend."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bookkit.paths import ROOT
from kerasbook.isolation import run_without

SOURCES = ROOT / "code" / "kerasbook"
LEFT_BEHIND = shutil.ignore_patterns("_*", ".*", "data", "build", "*.egg-info")
SDIST = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation")
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet", "--no-input")
BACKENDS = ("jax", "tensorflow", "torch")
# A module that is about one framework needs that one.
OWN_FRAMEWORK = {
    "kerasbook.beyond.scale.timing": "jax",
    "kerasbook.beyond.trust.attacks": "tensorflow",
    "kerasbook.beyond.trust.explanations": "tensorflow",
    "kerasbook.concepts.adversarial": "tensorflow",
    "kerasbook.concepts.streams": "tensorflow",
    "kerasbook.frameworks.with_jax": "jax",
    "kerasbook.frameworks.with_pytorch": "torch",
    "kerasbook.frameworks.with_tensorflow": "tensorflow",
    "kerasbook.outlook.adapting.activation_memory": "torch",
    "kerasbook.outlook.choosing.step_jax": "jax",
    "kerasbook.outlook.choosing.step_tensorflow": "tensorflow",
    "kerasbook.outlook.choosing.step_torch": "torch",
}
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, {folder!r})
import keras
import kerasbook
assert kerasbook.__file__.startswith({folder!r})
for module in pkgutil.walk_packages(kerasbook.__path__, "kerasbook."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as missing:
        print(module.name, missing)
print(keras.backend.backend(), *sorted({{"jax", "tensorflow", "torch"}} & set(sys.modules)))
"""


def python(*arguments, cwd):
    """Run Python without the sources in sight, and return what it printed last."""
    command = [sys.executable, *map(str, arguments)]
    seen = {**os.environ, "PYTHONPATH": ""}
    ended = subprocess.run(command, cwd=cwd, env=seen, text=True, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip().rpartition("\n")[2]


def left_behind(folder, names):
    """Return what a copy of the repository does without: what was built, data, environments."""
    return LEFT_BEHIND(folder, names) if folder == str(ROOT) else ()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return a wheel, built from a source distribution, built from a copy: building writes."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, folder / "copy", ignore=left_behind)
    sdist = folder / python("-c", SDIST, folder, cwd=folder / "copy")
    python(*PIP, "wheel", *OFFLINE, "--wheel-dir", folder, sdist, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a folder of its own with what the wheel brings."""
    folder = tmp_path_factory.mktemp("site")
    python(*PIP, "install", *OFFLINE, "--target", folder, wheel, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def metadata(installed):
    (found,) = importlib.metadata.distributions(path=[str(installed)])
    return found


def test_the_wheel_holds_the_package_and_its_terms_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    code = {name for name in names if ".dist-info/" not in name}
    assert code == {
        f"kerasbook/{path.relative_to(SOURCES).as_posix()}" for path in SOURCES.rglob("*.py")
    }
    assert {name.rpartition("/")[2] for name in names} >= {"LICENSE", "NOTICE", "METADATA"}


def test_the_metadata_say_what_it_is(metadata):
    said = metadata.metadata
    assert said["Name"] == "kerasbook"
    assert said["License-Expression"] == "Apache-2.0"
    assert said["Requires-Python"] == ">=3.11"
    assert said["Description"] == (ROOT / "README.md").read_text(encoding="utf-8")
    # so that what is missing, `No module named 'torch'`, is an extra's name too
    assert set(said.get_all("Provides-Extra")) == {
        *BACKENDS,
        "detectors",
        "export",
        "grain",
        "search",
    }


def required(requirements, extra=""):
    """Return all distributions that some requirements bring along, with what those require."""
    found, waiting = set(), [(Requirement(line), extra) for line in requirements]
    while waiting:
        requirement, chosen = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": chosen}):
            continue
        for each in requirement.extras or {""}:
            if (name, each) in found:
                continue
            found.add((name, each))
            try:
                lines = importlib.metadata.requires(name) or ()
            except importlib.metadata.PackageNotFoundError:  # for another system
                continue
            waiting += [(Requirement(line), each) for line in lines]
    return {name for name, _ in found}


def out_of_sight(brought):
    """Return the packages of this environment that none of some distributions brings."""
    return tuple(
        name
        for name, owners in importlib.metadata.packages_distributions().items()
        if not {canonicalize_name(owner) for owner in owners} & brought and name.isidentifier()
    )


@pytest.mark.sampled("jax")
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_module_imports_with_what_one_extra_brings(backend, installed, metadata):
    extras = (backend, "detectors", "export", "grain", "search")
    brought = set().union(*(required(metadata.requires, extra) for extra in extras))
    hidden = {*out_of_sight(brought), *BACKENDS} - {backend}  # KerasHub brings TensorFlow along
    code = IMPORT_ALL.format(folder=str(installed))
    said = run_without(code, hidden=tuple(hidden), backend=backend).splitlines()
    assert said == [
        *(
            f"{module} No module named '{framework}'"
            for module, framework in OWN_FRAMEWORK.items()
            if framework != backend
        ),
        f"{backend} {backend}",
    ]
