"""Calls on a Ray cluster, for those who outgrow one machine; each has cores of its own.

A call that dies is made again on another node. `bookkit/reference/clusters` starts a cluster with
Slurm or on Kubernetes; the version of Ray in its manifest is that of `constraints.txt`.
"""

import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

from bookkit.errors import BookError
from bookkit.paths import CODE
from bookkit.running import packages

RETRIES = 3  # of a call whose process or node dies
SHARED = "the clone must lie at the same path on every node, as on a shared file system"


def finished(
    function: Callable, calls: dict[str, tuple], variables: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """Call a function on the nodes of a cluster; yield each call's name and result as it ends.

    Training takes all the cores that it finds. So a call asks for as many as the largest node has:
    no two share one, and smaller nodes stay idle. Each has a process of its own, and is made again
    if that or its node dies. Nothing is sent but arguments: the nodes read the code where it lies
    here, beside the data and the packages, which are too large to be sent.

    Args:
        function: of a module, with the arguments of each call.
        calls: by name, what the function gets.
        variables: the environment of each process, beside that of its node.

    Raises:
        BookError: no Ray, no cluster; or calls failed, after all others were yielded.
    """
    packages.package_versions("ray")
    import ray

    _connect(variables)
    try:
        cores = max(node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"])
        remote = ray.remote(num_cpus=cores, max_calls=1, max_retries=RETRIES)(function)
        waiting = {remote.remote(*arguments): name for name, arguments in calls.items()}
        failed = []
        while waiting:
            (done,), _ = ray.wait(list(waiting))
            name = waiting.pop(done)
            try:
                result = ray.get(done)
            except ray.exceptions.RayError as error:
                failed.append(_explain(name, error))
            else:
                yield name, result
        if failed:
            raise BookError("\n".join(dict.fromkeys(failed)))
    finally:
        ray.shutdown()


def _connect(variables: dict[str, str]) -> None:
    import ray

    address = os.environ.get("RAY_ADDRESS", "")
    try:
        if address:  # Ray would try for minutes
            socket.create_connection(address.rpartition(":")[::2], timeout=10).close()
        ray.init("auto", runtime_env={"env_vars": variables}, log_to_driver=False)
    except OSError:
        raise BookError(
            "no Ray cluster answers: start one with `.venv/bin/ray start --head`, or set "
            f"RAY_ADDRESS to HOST:PORT of one. Received: RAY_ADDRESS={address!r}"
        ) from None


def _explain(name: str, error: Exception) -> str:
    if isinstance(cause := getattr(error, "cause", None), BookError):
        return str(cause)
    if "failed to import on the worker" in str(error):
        return f"a node does not find {CODE}: {SHARED}"
    return f"{name}: the run failed: {str(error).strip().splitlines()[-1]}"
