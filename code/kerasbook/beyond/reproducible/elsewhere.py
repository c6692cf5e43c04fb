"""Run functions on another backend, with a number of threads."""

import inspect
import json

from kerasbook.isolation import run_without

THREADS = """\
import os

os.environ.update({
    "OMP_NUM_THREADS": "%(threads)d",  # PyTorch
    "TF_NUM_INTRAOP_THREADS": "%(threads)d",
    "TF_NUM_INTEROP_THREADS": "1",
    "NPROC": "%(threads)d",  # JAX
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=%(several)s",  # JAX
    "TF_CPP_MIN_LOG_LEVEL": "3",
})
"""


def write_task(imports, functions, call, *, threads):
    """Write a program that sets its threads and prints a call's value.

    Args:
        imports: import statements, as a string.
        functions: those whose source goes into the program.
        call: expression whose value can be written as JSON.
        threads: how many the backend may use.
    """
    values = {"threads": threads, "several": str(threads > 1).lower()}
    sources = [inspect.getsource(function) for function in functions]
    parts = [THREADS % values, "import json", imports, *sources]
    return "\n\n".join([*parts, f"print(json.dumps({call}))\n"])


def run_task(program, backend):
    """Run a program on a backend and return what its last line says.

    Raises:
        RuntimeError: it failed; says on which backend, and its error.
    """
    others = {"tensorflow", "jax", "torch"} - {backend}
    printed = run_without(program, hidden=tuple(others), backend=backend)
    last = printed.splitlines()[-1] if printed else "nothing was printed"
    try:
        return json.loads(last)
    except ValueError:
        raise RuntimeError(f"The program failed on {backend}: {last}") from None
