"""Run each contestant in a Python of its own, check it and measure it."""

import ast
import hashlib
import inspect
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from kerasbook.memory import peak_memory_mib

ONE_CPU_THREAD = {
    "CUDA_VISIBLE_DEVICES": "-1",  # no GPU, even where there is one
    "JAX_PLATFORMS": "cpu",
    "KERAS_TORCH_DEVICE": "cpu",
    "OMP_NUM_THREADS": "1",  # PyTorch
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",  # JAX
    "NPROC": "1",  # JAX's pool of threads
}

IMPORTS = {
    "tensorflow": "import tensorflow as tf",
    "torch": "import torch\n"
    "from torch.utils.data import DataLoader, TensorDataset",
    "jax": "import jax\nimport jax.numpy as jnp",
    "keras": "import keras",
}

ROWS = {  # library and backend of each program
    "TensorFlow": ("tensorflow", "tensorflow"),
    "PyTorch": ("torch", "torch"),
    "JAX": ("jax", "jax"),
    "Keras on TensorFlow": ("keras", "tensorflow"),
    "Keras on PyTorch": ("keras", "torch"),
    "Keras on JAX": ("keras", "jax"),
}

# Times the imports; a package set to None fails to import, as if not installed.
PROGRAM = """\
import os
import sys
import time

for name in os.environ["OUT_OF_SIGHT"].split():
    sys.modules[name] = None
started = time.perf_counter()
{imports}
import_s = time.perf_counter() - started

import hashlib
import json
import resource
from pathlib import Path

import numpy as np


{functions}

answer = {call}
print(json.dumps(answer | {{"import_s": import_s}}))
"""


def program_environment(backend):
    """Return environment variables: the backend, one thread, nothing else."""
    unneeded = [name for name in ("tensorflow", "jax") if name != backend]
    chosen = {"KERAS_BACKEND": backend, "OUT_OF_SIGHT": " ".join(unneeded)}
    return ONE_CPU_THREAD | chosen


def write_program(path, imports, functions, call):
    """Write a program of imports, the source of functions, and one call.

    Args:
        path: file to write.
        imports: import statements, the ones to be timed.
        functions: functions whose source goes into the program.
        call: expression for a dict; the program prints it as JSON, with the
            seconds of its imports as `import_s`.
    """
    sources = "\n\n".join(inspect.getsource(function) for function in functions)
    text = PROGRAM.format(imports=imports, functions=sources, call=call)
    Path(path).write_text(text, encoding="utf-8")


def program_error(path, problem, errors):
    """Return the error of a program, with the last line it wrote to stderr."""
    lines = errors.decode(errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return RuntimeError(f"{Path(path).name}: {problem}. Last line: {last}")


def run_program(path, *arguments, environment, timeout_s):
    """Run a program in a process of its own and return what it printed.

    Args:
        path: the program; the last line it prints is JSON.
        arguments: strings for its `sys.argv`.
        environment: variables to set, on top of the present ones.
        timeout_s: seconds after which the process is killed.

    Raises:
        RuntimeError: it failed or took too long; says the last line of stderr.
    """
    try:
        finished = subprocess.run(
            [sys.executable, str(path), *arguments],
            env=os.environ | environment,
            capture_output=True,
            timeout=timeout_s,  # `run` kills the process before it raises
        )
    except subprocess.TimeoutExpired as error:
        problem = f"killed after {timeout_s} s"
        raise program_error(path, problem, error.stderr or b"") from None
    if finished.returncode or not finished.stdout.strip():
        problem = f"exit status {finished.returncode}"
        raise program_error(path, problem, finished.stderr)
    return json.loads(finished.stdout.decode().splitlines()[-1])


def check_first_step(first_step, data, *, batch_size, learning_rate):
    """Take the first step on the first batch of a file of arrays.

    Args:
        first_step: function of weights, images, labels and learning rate.
        data: `.npz` file with `x_train`, `y_train` and `w1`, `b1`, `w2`, `b2`.
        batch_size: images in the batch.
        learning_rate: length of the step.

    Returns:
        dict that can be written as JSON; `program` is the SHA-256 of the code.
    """
    with np.load(data) as file:
        weights = [file[name] for name in ("w1", "b1", "w2", "b2")]
        x, y = file["x_train"][:batch_size], file["y_train"][:batch_size]
    parts = first_step(weights, x, y, learning_rate)
    answer = {name: [a.tolist() for a in parts[name]] for name in parts}
    code = Path(sys.argv[0]).read_bytes()
    return answer | {"program": hashlib.sha256(code).hexdigest()}


def time_training(run, data, *, batch_size, epochs, learning_rate):
    """Train on a file of arrays and time every epoch.

    Args:
        run: function of weights, training images, labels and test images that
            trains, and returns the losses and the test images' logits.
        data: as in `check_first_step`, with `x_test`.
        batch_size: images a step.
        epochs: passes over the training images; the first one compiles.
        learning_rate: length of a step.

    Returns:
        dict: `losses`, `predicted`, and by epoch the milliseconds a step.
    """
    with np.load(data) as file:
        weights = [file[name] for name in ("w1", "b1", "w2", "b2")]
        x, y, x_test = (file[name] for name in ("x_train", "y_train", "x_test"))
    ticks = [time.perf_counter()]
    losses, logits = run(
        weights, x, y, x_test,
        batch_size=batch_size, epochs=epochs, learning_rate=learning_rate,
        after_epoch=lambda: ticks.append(time.perf_counter()),
    )  # fmt: skip
    steps = len(x) / batch_size
    return {
        "losses": losses,
        "predicted": logits.argmax(axis=1).tolist(),
        "ms": (1000 * np.diff(ticks) / steps).tolist(),
    }


def measure_program(run, first_step, settings, started):
    """Train the small and the wide network, then take the first step.

    Args:
        run: as in `time_training`.
        first_step: as in `check_first_step`.
        settings: dict of dicts for `small.npz`, `wide.npz` and the first step:
            `small`, `wide` and `first`.
        started: the clock before the imports.

    Returns:
        dict: `small` and `wide`; `total_s` and `peak_mib`, seconds since the
        start and memory after the small training; and the first step.
    """
    answer = {"small": time_training(run, "small.npz", **settings["small"])}
    answer["total_s"] = time.perf_counter() - started
    answer["peak_mib"] = peak_memory_mib()
    answer["wide"] = time_training(run, "wide.npz", **settings["wide"])
    first = check_first_step(first_step, "small.npz", **settings["first"])
    return answer | first


def count_code_lines(functions):
    """Count lines of code: no blank lines, no comments, no docstrings."""
    total = 0
    for function in functions:
        source = inspect.getsource(function)
        lines = source.splitlines()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
                text = node.body[0]
                for number in range(text.lineno - 1, text.end_lineno):
                    lines[number] = ""
        stripped = [line.strip() for line in lines]
        total += sum(line != "" and line[0] != "#" for line in stripped)
    return total


def count_step_operations(batch, inputs, hidden, outputs):
    """Count multiplications and additions of one step, biases left out.

    Each matrix is used forward and for its gradient, the second one also for
    the gradient of the hidden values.
    """
    products = 2 * (inputs * hidden + hidden * outputs) + hidden * outputs
    return 2 * batch * products


def count_threefold(batch, inputs, hidden, outputs):
    """Count as if the gradient of the inputs were needed too."""
    return 2 * batch * 3 * (inputs * hidden + hidden * outputs)


def plot_deviations(axis, deviations, tolerance):
    """Draw the deviations of every contestant, and the tolerance as a line.

    Args:
        axis: Matplotlib axes.
        deviations: dict by contestant of dicts by part of the step.
        tolerance: the largest deviation that counts as equal.
    """
    parts = list(next(iter(deviations.values())))
    for part, marker in zip(parts, "osD^", strict=True):
        found = [each[part] for each in deviations.values()]
        axis.plot(found, range(len(found)), marker, label=part)
    axis.axvline(tolerance, color="black", linestyle="--", label="tolerance")
    axis.set_xscale("log")
    axis.set_yticks(range(len(deviations)), deviations)
    axis.set_ylim(len(deviations) - 0.5, -0.5)
    axis.set_xlabel("largest difference / largest entry")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def plot_growth(axis, growth, operations):
    """Draw how many times as long a step becomes, beside its arithmetic.

    Args:
        axis: Matplotlib axes.
        growth: dict by contestant, milliseconds wide over milliseconds small.
        operations: the same quotient for the number of operations.
    """
    axis.barh(list(growth), list(growth.values()))
    axis.axvline(operations, color="#D55E00", linestyle="--")
    axis.text(operations * 0.9, -0.9, "FLOPs", ha="right", color="#A63F00")
    axis.set_xscale("log")
    axis.set_ylim(len(growth) - 0.5, -1.3)
    axis.set_xlabel("wide / small (times)")


def plot_comparison(axes, measured):
    """Draw four measurements of every contestant on four axes.

    Args:
        axes: four Matplotlib axes, two by two.
        measured: dict by contestant of dicts with `small`, `wide` (milliseconds
            a step by epoch, the first left out), `import_s` and `peak_mib`.
            A mark is the fastest epoch, a line leads to the median.
    """
    axes = list(axes.flat)
    titles = (
        "small: ms a step",
        "wide: ms a step",
        "import (s)",
        "peak memory (MiB)",
    )
    names = list(measured)
    for position, name in enumerate(names):
        row = measured[name]
        marker = "s" if name.startswith("Keras") else "o"
        color = "#D55E00" if name.startswith("Keras") else "#0072B2"
        for axis, ms in zip(axes, (row["small"], row["wide"]), strict=False):
            span = [min(ms), np.median(ms)]
            axis.plot(span, [position] * 2, color=color, linewidth=2)
            axis.plot(min(ms), position, marker, color=color)
        axes[2].plot(row["import_s"], position, marker, color=color)
        axes[3].plot(row["peak_mib"], position, marker, color=color)
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title, fontsize=10)
        axis.set_yticks(range(len(names)), names)
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.grid(axis="x", alpha=0.3)
    axes[0].set_xscale("log")
    for axis in axes[1:]:
        axis.set_xlim(left=0)
