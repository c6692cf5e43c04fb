"""Reference runs on a real cluster of two nodes, which say that they have two cores each."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from bookkit.errors import BookError
from bookkit.paths import BOOK, CODE, ROOT
from bookkit.reference import cluster
from bookkit.running import packages

PATIENT_S = 600  # until what must come has come: only what fails waits so long
# What stands in for the recipes of the book, wherever a run happens. Each notes its process and
# the cores that it was given; with a file `patient`, `wide` with seed 1 waits to be killed, once.
RECIPES = """
import os
import sys
import time

from bookkit.paths import ROOT
from recipes.recipe import Recipe


def train(seed, *, width):
    with (ROOT / f"start-{width}-{seed}").open("a") as file:
        file.write(f"{os.getpid()}\\n")
    if ray := sys.modules.get("ray"):
        cores = ray.get_runtime_context().get_assigned_resources()["CPU"]
        (ROOT / f"cores-{width}-{seed}").write_text(str(cores))
    if (width, seed) == (4, 1) and (ROOT / "patient").exists():
        (ROOT / "patient").unlink()
        time.sleep(3600)
    return {"f1": width + seed / 10}


def diverge(seed):
    raise ValueError("the loss is nan")


plain, wide = Recipe("plain", {"width": 2}, train), Recipe("wide", {"width": 4}, train)
TASKS = {"tiny": ("cifar10", [plain, wide, Recipe("worst", {}, diverge)])}
ON_SAMPLE, PACKAGES, WITHOUT_TEST_SET = {"tiny"}, {}, set()
"""


# Talks to itself, measures nothing and shows nothing; ends when its input does.
CLUSTER = """
import sys

from ray.cluster_utils import Cluster

node = {"num_cpus": 2, "object_store_memory": 80 * 2**20, "include_dashboard": False}
nodes = Cluster(initialize_head=True, head_node_args=node)
nodes.add_node(**node)
print(f"cluster at {nodes.address}", flush=True)
sys.stdin.read()
nodes.shutdown()
"""


@pytest.fixture(scope="module")
def address():
    """Start a cluster, in a process of its own: Ray takes over signals and logging for good."""
    environ = {
        name: os.environ[name] for name in os.environ if not name.startswith("COVERAGE_PROCESS")
    }
    with subprocess.Popen(
        [sys.executable, "-P", "-c", CLUSTER],
        env=environ | {"RAY_USAGE_STATS_ENABLED": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        lines = iter(process.stdout)
        yield next(line.split()[-1] for line in lines if line.startswith("cluster at "))
        process.stdin.close()
        assert process.wait(timeout=PATIENT_S) == 0


@pytest.fixture
def clone(tmp_path):
    """Copy the project's code, with other recipes."""
    code = tmp_path / "code" / "bookkit"
    shutil.copytree(CODE / "bookkit", code, ignore=shutil.ignore_patterns("sample"))
    (code / "sample").symlink_to(CODE / "bookkit" / "sample")
    (tmp_path / "code" / "kerasbook").symlink_to(CODE / "kerasbook")
    recipes = code.with_name("recipes")
    recipes.mkdir()
    (recipes / "__init__.py").write_text(RECIPES)
    shutil.copy(CODE / "recipes" / "recipe.py", recipes)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "words").symlink_to(BOOK / "words")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def start(clone, address, engine):
    command = [sys.executable, "-P", "-m", "bookkit", "reference", "tiny", "--engine", engine]
    return subprocess.Popen(
        [*command, "--seed", "0", "--seed", "1"],
        env=os.environ | {"PYTHONPATH": str(clone / "code"), "RAY_ADDRESS": address},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def results(clone):
    """Return the document of results without its seconds, and remove it."""
    path = clone / "book" / "results" / "tiny.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    for run in (run for recipe in document["recipes"] for run in recipe["runs"]):
        assert run.pop("wall_s") >= 0 <= run.pop("cpu_s")
    return document


def noted(clone, what):
    """Return by width and seed what runs noted, and remove it."""
    paths = list(clone.glob(f"{what}-*"))
    found = {path.name.removeprefix(f"{what}-"): path.read_text().split() for path in paths}
    for path in paths:
        path.unlink()
    return found


@pytest.mark.weekly
def test_a_killed_run_is_made_again_and_results_are_those_of_one_machine(address, clone):
    here = start(clone, "", "local")
    assert here.communicate(timeout=PATIENT_S)[1].endswith(
        "error: worst, seed 0: the run failed with code 1\n"
    )
    noted(clone, "start")
    expected = results(clone)

    (clone / "patient").touch()
    driver = start(clone, address, "ray")
    until = time.monotonic() + PATIENT_S
    while not (clone / "start-4-1").exists() or (clone / "patient").exists():
        assert time.monotonic() < until
        assert driver.poll() is None
        time.sleep(0.1)
    os.kill(int((clone / "start-4-1").read_text()), signal.SIGKILL)
    out, errors = driver.communicate(timeout=PATIENT_S)

    found = results(clone)
    assert found == expected
    runs = {one["name"]: one["runs"] for one in found["recipes"]}
    assert {name: [run["metrics"]["f1"] for run in each] for name, each in runs.items()} == {
        "plain": [2.0, 2.1],
        "wide": [4.0, 4.1],
    }
    processes = noted(clone, "start")
    names = ["2-0", "2-1", "4-0", "4-1"]
    assert [len(processes[name]) for name in names] == [1, 1, 1, 2]
    assert len({process for each in processes.values() for process in each}) == 5
    # all those of a node, so that none is left for another run
    assert noted(clone, "cores") == {name: ["2.0"] for name in names}
    first, *done = (line for line in out.splitlines() if line.startswith("reference:"))
    assert first == "reference: tiny, 6 runs on a Ray cluster ..."
    assert sorted(line.partition(" after ")[0] for line in done) == [
        "reference: plain, seed 0: f1 2.0000",
        "reference: plain, seed 1: f1 2.1000",
        "reference: wide, seed 0: f1 4.0000",
        "reference: wide, seed 1: f1 4.1000",
    ]
    # what fails is named at the end, and costs no other run
    assert driver.returncode == 1
    failed = [f"worst, seed {seed}: the run failed: ValueError: the loss is nan" for seed in (0, 1)]
    assert sorted(errors.replace("error: ", "").splitlines()[-2:]) == failed


def test_a_node_without_the_code_is_told_where_the_code_must_lie(address, tmp_path):
    (tmp_path / "other.py").write_text("def double(number):\n    return 2 * number\n")
    script = (
        "import sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import other\n"
        "from bookkit.errors import BookError\n"
        "from bookkit.reference import cluster\n"
        "sys.path.pop(0)\n"
        "try:\n"
        "    list(cluster.finished(other.double, {'a': (1,), 'b': (2,)}, {'PYTHONPATH': ''}))\n"
        "except BookError as error:\n"
        "    print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-P", "-c", script, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(CODE), "RAY_ADDRESS": address},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENT_S,
    )
    assert said.stdout == (
        f"a node does not find {CODE}: the clone must lie at the same path on every node, "
        "as on a shared file system\n"
    )


def test_without_ray_its_group_is_named_with_the_command(monkeypatch):
    def versions(group):
        raise BookError(f"ray, of group {group!r}, is not installed: …")

    monkeypatch.setattr(packages, "package_versions", versions)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BookError, match=r"^ray, of group 'ray', is not installed: …$"):
        list(cluster.finished(len, {"a": ([],)}, {}))
    assert [each.name for each in packages.requirements("ray")] == ["ray"]


@pytest.mark.parametrize("given", ["127.0.0.1:1", "nowhere"])
def test_an_address_where_no_cluster_answers_is_named_at_once(given, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", given)
    with pytest.raises(BookError) as caught:
        list(cluster.finished(len, {"a": ([],)}, {}))
    assert str(caught.value) == (
        "no Ray cluster answers: start one with `.venv/bin/ray start --head`, or set RAY_ADDRESS "
        f"to HOST:PORT of one. Received: RAY_ADDRESS={given!r}"
    )


def test_without_an_address_and_a_cluster_one_is_asked_for(monkeypatch):
    import ray

    def init(address, **settings):
        assert address == "auto"
        raise ConnectionError("Could not find any running Ray instance.")

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr(ray, "init", init)
    with pytest.raises(BookError, match=r"^no Ray cluster answers: .* RAY_ADDRESS=''$"):
        list(cluster.finished(len, {"a": ([],)}, {}))
