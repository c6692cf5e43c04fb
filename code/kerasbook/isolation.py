"""Run a program in a fresh interpreter that lacks some packages."""

import inspect
import json
import os
import re
import subprocess
import sys
import tempfile

# Import then fails as if the packages were not installed: same error, same
# text, and `importlib.util.find_spec` finds nothing either.
HIDE = """
from importlib.machinery import PathFinder as _finder
def _hide(packages, find=_finder.find_spec):
    _finder.find_spec = lambda name, path=None, target=None: (
        None if name.split(".")[0] in packages else find(name, path, target)
    )
_hide({packages!r})
"""


def error_line(text):
    """Find the last error in what a program wrote to its error stream.

    Returns:
        its type and the first line of its message, without colors and
        without paths of files; `None` if there is no error.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r" \((/|[A-Z]:\\).*?\)", "", text)
    text = re.sub(r"'(/|[A-Z]:\\)[^'\n]*[/\\]", "'", text)
    found = re.findall(r"^[\w.]+(?:Error|Exception)\b.*", text, re.MULTILINE)
    return found[-1] if found else None


def run_without(code, *, hidden=(), backend=None, timeout_s=300):
    """Run a program in a fresh interpreter that cannot see some packages.

    It runs in an empty folder and with an empty `KERAS_HOME`.

    Args:
        code: the program, as a string.
        hidden: tuple of the names of packages to hide.
        backend: value of `KERAS_BACKEND`; `None` leaves it unset.
        timeout_s: seconds after which `subprocess.TimeoutExpired` is raised.

    Returns:
        what it printed; after that, if it failed, the type and message of
        the error on one line.
    """
    if isinstance(hidden, str):
        raise ValueError(f"Expected a tuple. Received: hidden={hidden!r}")
    kept = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    chosen = {} if backend is None else {"KERAS_BACKEND": backend}
    with tempfile.TemporaryDirectory() as folder:
        program = HIDE.format(packages=set(hidden)) + code
        ended = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program],
            env={**kept, **chosen, "KERAS_HOME": folder, "PYTHONSAFEPATH": "1"},
            cwd=folder, capture_output=True, encoding="utf-8",
            timeout=timeout_s, check=False,
        )  # fmt: skip
    error = error_line(ended.stderr) if ended.returncode else None
    if ended.returncode and not error:
        raise RuntimeError(
            "Expected the program to end, well or with an error of Python's. "
            f"Received: exit status {ended.returncode}, {ended.stderr!r}"
        )
    return "\n".join(filter(None, [ended.stdout.rstrip(), error]))


def source_of(thing):
    """Return the source of a function, or of a class with `__init__`.

    In a notebook, too, where `inspect.getsource` finds no classes.
    """
    if not inspect.isclass(thing):
        return inspect.getsource(thing)
    lines, _ = inspect.findsource(thing.__init__)  # its cell, or its file
    heads = tuple(f"class {thing.__name__}{sign}" for sign in "(:")
    (first, *_) = [k for k, line in enumerate(lines) if line.startswith(heads)]
    return "".join(inspect.getblock(lines[first:]))


def call_on_backend(
    backend, parts, call, *, header, quick=False, timeout_s=300
):  # fmt: skip
    """Evaluate a call in a fresh interpreter that sees one backend.

    Neither does it see Matplotlib, pandas and scikit-learn: it starts sooner.

    Args:
        backend: `"tensorflow"`, `"jax"` or `"torch"`.
        parts: functions and classes whose source goes along.
        call: an expression whose value can be written as JSON.
        header: what the parts need above them, such as imports.
        quick: whether JAX compiles sooner what then runs slower.
        timeout_s: as in `run_without`.

    Returns:
        the value.

    Raises:
        RuntimeError: it failed; says on which backend, and its error.
    """
    if quick:
        name, flags = "XLA_FLAGS", "--xla_backend_optimization_level=0"
        setting = f"os.environ.setdefault({name!r}, {flags!r})"
        header = f"import os\n{setting}\n{header}"
    ending = f"import json\n\nprint(json.dumps({call}))\n"
    program = "\n\n".join([header, *map(source_of, parts), ending])
    hidden = {"tensorflow", "jax", "torch"} - {backend}
    hidden |= {"matplotlib", "pandas", "sklearn"}  # Keras does without them
    printed = run_without(
        program, hidden=tuple(hidden), backend=backend, timeout_s=timeout_s
    )
    last = (printed.splitlines() or ["nothing was printed"])[-1]
    try:
        return json.loads(last)
    except ValueError:
        raise RuntimeError(f"Failed on {backend}: {last}") from None
