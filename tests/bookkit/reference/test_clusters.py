"""What starts a cluster: a manifest, and a script; each read by a validator of its kind."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from bookkit.__main__ import parser
from bookkit.paths import CODE, ROOT
from bookkit.reference import run as reference

CLUSTERS = CODE / "bookkit" / "reference" / "clusters"
SCRIPT = CLUSTERS / "slurm.sh"
MANIFEST = yaml.safe_load((CLUSTERS / "kuberay.yaml").read_text(encoding="utf-8"))


def strict(schema):
    """Forbid fields that a schema does not name, as `kubectl` does."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


@pytest.fixture(scope="module")
def kuberay():
    """Return a validator of KubeRay's own schema; NOTICE says how it was cut."""
    schema = json.loads(Path(__file__).with_name("rayjob.json").read_text(encoding="utf-8"))
    closed = strict(schema)
    jsonschema.Draft202012Validator.check_schema(closed)
    return jsonschema.Draft202012Validator(closed)


def test_the_manifest_is_a_ray_job(kuberay):
    assert (MANIFEST["apiVersion"], MANIFEST["kind"]) == ("ray.io/v1", "RayJob")
    assert [error.message for error in kuberay.iter_errors(MANIFEST)] == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("spec entrypont", "x", "'entrypont' was unexpected"),
        ("spec rayClusterSpec", {}, "'headGroupSpec' is a required property"),
        ("spec rayClusterSpec rayVersion", 2.6, "2.6 is not of type 'string'"),
        ("spec rayClusterSpec headGroupSpec rayStartParams", {"num-cpus": 0}, "0 is not of type"),
        ("spec rayClusterSpec workerGroupSpecs 0 replicas", "2", "'2' is not of type 'integer'"),
        (
            "spec rayClusterSpec workerGroupSpecs 0 template spec containers 0 workdir",
            ["ray"],
            "'workdir' was unexpected",
        ),
        (
            "spec rayClusterSpec headGroupSpec template spec containers 0 resources limits memory",
            "16 GB",
            "'16 GB' does not match",
        ),
    ],
)
def test_the_schema_refuses_a_slip(path, value, said, kuberay):
    changed = copy.deepcopy(MANIFEST)
    *parents, last = (int(step) if step.isdigit() else step for step in path.split())
    target = changed
    for step in parents:
        target = target[step]
    target[last] = value
    messages = {error.message for error in kuberay.iter_errors(changed)}
    assert len(messages) == 1
    assert said in messages.pop()


def test_the_manifest_asks_for_what_the_project_has():
    words = MANIFEST["spec"]["entrypoint"].split()
    assert words[:4] == ["python", "-P", "-m", "bookkit"]
    arguments = parser().parse_args(words[4:])
    assert arguments.task in reference.TASKS
    assert arguments.engine == "ray"
    cluster = MANIFEST["spec"]["rayClusterSpec"]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert f"ray=={cluster['rayVersion']}" in pins
    (workers,) = cluster["workerGroupSpecs"]
    assert workers["replicas"] == workers["minReplicas"] == workers["maxReplicas"]
    for group in (cluster["headGroupSpec"], workers):
        pod = group["template"]["spec"]
        (container,) = pod["containers"]
        (mount,) = container["volumeMounts"]
        assert mount["name"] == pod["volumes"][0]["name"]
        variables = {one["name"]: one["value"] for one in container["env"]}
        assert variables["PYTHONPATH"] == f"{mount['mountPath']}/code"
        assert variables["RAY_USAGE_STATS_ENABLED"] == "0"


def test_shellcheck_has_nothing_to_say_about_the_script():
    shellcheck = Path(sys.executable).with_name("shellcheck")
    checked = subprocess.run([shellcheck, SCRIPT], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_script_runs_the_task_on_the_cluster_that_it_starts(tmp_path):
    (tmp_path / "srun").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "srun").chmod(0o755)
    slurm = {"SLURMD_NODENAME": "node7", "SLURM_JOB_NUM_NODES": "3"}
    environment = os.environ | slurm | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def start(*arguments):
        command = ["bash", SCRIPT, *arguments]
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    words = start("image ablation").stdout.splitlines()
    assert words[:-4] == [
        "--cpu-bind=none",
        *("ray", "symmetric-run", "--address", "node7:6379", "--min-nodes", "3"),
        *("--include-dashboard=false", "--"),
    ]
    assert words[-4:] == ["make", "reference", "ENGINE=ray", "TASK=image ablation"]
    without = start()
    assert without.returncode == 1
    assert "the task, such as image-classification" in without.stderr
    used = re.search(r"sbatch \S+ (\S+)", SCRIPT.read_text(encoding="utf-8"))
    assert used[1] in reference.TASKS
