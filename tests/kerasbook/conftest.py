"""What tests on several backends share: a program in a process of its own."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerasbook.isolation import HIDE

CODE = Path(__file__).parents[2] / "code"
FRAMEWORKS = {"tensorflow", "jax", "torch"}


@pytest.fixture(scope="session")
def on_backend():
    """Return a function that runs a program on a backend and returns the lines that it prints.

    The other frameworks are out of its sight: Keras imports TensorFlow wherever it finds it, and
    on two cores that takes longer than most of the programs.
    """

    def run(backend, program):
        if importlib.util.find_spec(backend) is None:
            pytest.skip(f"needs {backend}")
        environment = os.environ | {
            "KERAS_BACKEND": backend, "PYTHONPATH": str(CODE), "TF_CPP_MIN_LOG_LEVEL": "3",
        }  # fmt: skip
        answer = subprocess.run(
            [sys.executable, "-c", HIDE.format(packages=FRAMEWORKS - {backend}) + program],
            env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.splitlines()

    return run
