"""Several processes that work together, and that all end."""

import inspect
import re
import socket
import subprocess
import sys
import time

from kerasbook.isolation import HIDE

ALONE = """\
import os
import sys

os.environ.update(KERAS_BACKEND="{backend}", JAX_PLATFORMS="cpu")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # none, for the other backends
os.environ["OMP_NUM_THREADS"] = "1"  # PyTorch's threads, as torchrun sets it
# One device for each process; JAX compiles sooner what then runs slower.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"
"""


def write_worker(imports, functions, call, *, backend="jax"):
    """Write a program that sees one backend and neither of the others.

    Args:
        imports: import statements, as a string.
        functions: those whose source goes into the program.
        call: what to run at last, as a string.
        backend: `"jax"`, `"tensorflow"` or `"torch"`.
    """
    sources = [inspect.getsource(function) for function in functions]
    hidden = {"jax", "tensorflow", "torch"} - {backend}
    hidden |= {"matplotlib", "pandas", "sklearn"}  # Keras does without them
    hide = HIDE.format(packages=hidden)
    head = ALONE.format(backend=backend)
    return "\n\n".join([head, hide, imports, *sources, call]) + "\n"


def free_port():
    """Return the number of a port that nothing listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start_processes(program, count, *arguments):
    """Start a program several times, in Pythons of their own.

    Each finds in `sys.argv`: its number, their number, the address of the
    first, and the arguments.

    Returns:
        list of `subprocess.Popen`.
    """
    address = f"127.0.0.1:{free_port()}"
    common = [str(count), address, *map(str, arguments)]
    return [
        subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", program, str(rank), *common],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )
        for rank in range(count)
    ]  # fmt: skip


def wait_for(processes, *, timeout_s=300):
    """Wait until all processes have ended, and leave none behind.

    Returns:
        for each, its exit status and the lines that it printed.

    Raises:
        subprocess.TimeoutExpired: one runs on; then all are killed.
    """
    end = time.monotonic() + timeout_s
    try:
        texts = [
            one.communicate(timeout=max(0.0, end - time.monotonic()))[0]
            for one in processes
        ]
    finally:
        for one in processes:
            one.kill()  # nothing happens to one that has ended
            one.communicate()
    return [
        (one.returncode, text.splitlines())
        for one, text in zip(processes, texts, strict=True)
    ]


def gloo_error(text):
    """Take from an error of JAX what Gloo said, without files and ports."""
    kind, _, message = text.partition(": ")
    found = re.search(r"Gloo.*", message)
    said = re.sub(r" *\[[^]]*\](:\d+)?", "", found[0] if found else message)
    return f"{kind}: {said}"
