"""Run functions on another backend, with a number of threads."""

from kerasbook.isolation import call_on_backend

THREADS = """\
from os import environ

environ.update({
    "OMP_NUM_THREADS": "%(threads)d",  # PyTorch
    "TF_NUM_INTRAOP_THREADS": "%(threads)d",
    "TF_NUM_INTEROP_THREADS": "1",
    "NPROC": "%(threads)d",  # JAX
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=%(several)s",  # JAX
    "TF_CPP_MIN_LOG_LEVEL": "3",
})
"""


def call_with_threads(backend, threads, parts, call, *, imports):
    """Evaluate a call on a backend that may use so many threads.

    Args:
        backend: as for `call_on_backend`.
        threads: how many the backend may use.
        parts: as for `call_on_backend`.
        call: as for `call_on_backend`.
        imports: import statements, as a string.
    """
    values = {"threads": threads, "several": str(threads > 1).lower()}
    header = f"{THREADS % values}\n{imports}"
    return call_on_backend(backend, parts, call, header=header)
