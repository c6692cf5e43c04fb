"""Programs in processes of their own: written, run, killed, counted, drawn."""

import hashlib
import itertools
import json
import os
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.frameworks import comparison
from kerasbook.grading import grade
from kerasbook.memory import peak_memory_mib

PATIENT_S = 300  # until what must come has come: only what fails waits so long


def double(value):
    """Double a value."""
    return 2 * value


def documented(value):
    """Explain at length.

    In several lines.
    """
    # a comment

    total = value  # a trailing comment
    for step in range(3):
        """A string that is no docstring."""
        total += step
    return total


# Writing and running


def test_a_program_runs_the_source_of_functions(tmp_path):
    path = tmp_path / "program.py"
    comparison.write_program(path, "import math", [double], "{'answer': double(math.pi)}")
    answer = comparison.run_program(path, environment={"OUT_OF_SIGHT": ""}, timeout_s=PATIENT_S)
    assert answer["answer"] == pytest.approx(6.283185)
    assert answer["import_s"] >= 0
    assert set(answer) == {"answer", "import_s"}


def test_packages_out_of_sight_cannot_be_imported(tmp_path):
    path = tmp_path / "program.py"
    comparison.write_program(path, "import colorsys", [], "{}")
    with pytest.raises(RuntimeError, match=r"ModuleNotFoundError.*colorsys"):
        comparison.run_program(
            path, environment={"OUT_OF_SIGHT": "wave colorsys"}, timeout_s=PATIENT_S
        )
    assert comparison.run_program(path, environment={"OUT_OF_SIGHT": "wave"}, timeout_s=PATIENT_S)


def test_arguments_and_environment_arrive_and_the_last_line_counts(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(
        "import json, os, sys\nprint('chatter')\n"
        "print(json.dumps([sys.argv[1:], os.environ['COLOR'], os.environ['PATH']]))\n"
    )
    arguments, color, present = comparison.run_program(
        path, "a", "b c", environment={"COLOR": "red"}, timeout_s=PATIENT_S
    )
    assert (arguments, color) == (["a", "b c"], "red")
    assert present == os.environ["PATH"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import sys\nprint('é', file=sys.stderr)\nraise KeyError('lost')", "KeyError: 'lost'"),
        ("import sys\nprint('{}')\nsys.exit('spoke, then failed')", "spoke, then failed"),
        ("import sys\nprint('nothing said', file=sys.stderr)", "nothing said"),
    ],
)
def test_a_failure_tells_the_last_line_of_stderr(tmp_path, body, message):
    path = tmp_path / "program.py"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(RuntimeError) as caught:
        comparison.run_program(path, environment={"PYTHONIOENCODING": "utf-8"}, timeout_s=PATIENT_S)
    assert str(caught.value).startswith("program.py: exit status ")
    assert str(caught.value).endswith(f"Last line: {message}")


def test_a_program_that_takes_too_long_is_killed(tmp_path):
    path = tmp_path / "slow.py"
    path.write_text(
        "import os, pathlib, sys, time\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        "print('at work', file=sys.stderr, flush=True)\ntime.sleep(120)\n"
        "pathlib.Path(sys.argv[1]).unlink()\n"
    )
    for timeout_s in (1, 10, 100):  # until it had the time to begin, on a busy machine
        with pytest.raises(RuntimeError, match=r"^slow\.py: killed after") as caught:
            comparison.run_program(path, str(tmp_path / "pid"), environment={}, timeout_s=timeout_s)
        if "at work" in str(caught.value):
            break
    assert str(caught.value) == f"slow.py: killed after {timeout_s} s. Last line: at work"
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# What runs in the process


@pytest.fixture
def data(tmp_path):
    arrays = {name: np.full(2, k, "float32") for k, name in enumerate(("w1", "b1", "w2", "b2"))}
    x = np.arange(12.0).reshape(6, 2)
    np.savez(tmp_path / "d.npz", x_train=x, y_train=np.arange(6), x_test=x[:3] + 1, **arrays)
    return tmp_path / "d.npz"


def test_the_first_step_gets_the_first_batch_in_order(data, tmp_path, monkeypatch):
    program = tmp_path / "program.py"
    program.write_bytes(b"first_step()")
    monkeypatch.setattr(sys, "argv", [str(program)])

    def first_step(weights, x, y, learning_rate):
        return {"weights": weights, "x": [x], "y": [y], "rate": [np.float64(learning_rate)]}

    answer = comparison.check_first_step(first_step, data, batch_size=2, learning_rate=0.5)
    json.dumps(answer)
    assert answer["weights"] == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert (answer["x"], answer["y"], answer["rate"]) == ([[[0, 1], [2, 3]]], [[0, 1]], [0.5])
    assert answer["program"] == hashlib.sha256(b"first_step()").hexdigest()


def test_training_is_timed_epoch_by_epoch(data, monkeypatch):
    clock = iter([5, 5.25, 5.75, 6.5])
    monkeypatch.setattr(comparison.time, "perf_counter", lambda: next(clock))

    def run(weights, x, y, x_test, *, batch_size, epochs, learning_rate, after_epoch):
        for _ in range(epochs):
            after_epoch()
        assert (batch_size, learning_rate, len(y)) == (2, 0.1, 6)
        return [0.5] * epochs, x_test * [1, -1]

    answer = comparison.time_training(run, data, batch_size=2, epochs=3, learning_rate=0.1)
    json.dumps(answer)
    assert answer["losses"] == [0.5] * 3
    assert answer["predicted"] == [0, 0, 0]
    assert answer["ms"] == pytest.approx([250 / 3, 500 / 3, 250])  # three steps an epoch


def test_a_program_trains_twice_then_takes_the_first_step(data, tmp_path, monkeypatch):
    (tmp_path / "program.py").write_bytes(b"")
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "program.py")])
    monkeypatch.chdir(tmp_path)
    for name in ("small", "wide"):
        (tmp_path / f"{name}.npz").write_bytes(data.read_bytes())
    seen = []

    def run(weights, x, y, x_test, *, batch_size, epochs, learning_rate, after_epoch):
        seen.append((batch_size, epochs))
        after_epoch()
        return [0.5] * epochs, x_test

    def first_step(weights, x, y, learning_rate):
        seen.append(len(x))
        return {"x": [x]}

    first = {"batch_size": 3, "learning_rate": 0.1}
    wide = first | {"batch_size": 2, "epochs": 2}
    settings = {"first": first, "small": first | {"epochs": 1}, "wide": wide}
    clock = itertools.count(100)
    monkeypatch.setattr(comparison.time, "perf_counter", lambda: next(clock))
    answer = comparison.measure_program(run, first_step, settings, started=0)
    assert seen == [(3, 1), (2, 2), 3]
    assert answer["total_s"] == 102  # the clock is read twice while the small network trains
    assert answer["peak_mib"] > 10
    assert [len(answer[name]["losses"]) for name in ("small", "wide")] == [1, 2]
    assert answer["x"] == [[[0, 1], [2, 3], [4, 5]]]


def test_a_program_sees_its_backend_and_no_other():
    environment = comparison.program_environment("jax")
    assert environment["KERAS_BACKEND"] == "jax"
    assert environment["OUT_OF_SIGHT"] == "tensorflow"
    assert comparison.program_environment("torch")["OUT_OF_SIGHT"] == "tensorflow jax"
    assert environment["OMP_NUM_THREADS"] == "1"


def peaks():
    before = peak_memory_mib()
    block = bytearray(200 * 1024**2)
    block[::4096] = b"x" * len(block[::4096])
    del block
    return {"before": before, "after": peak_memory_mib()}


def test_peak_memory_is_in_mib_outlives_the_memory_and_is_not_the_parents(tmp_path):
    path = tmp_path / "peaks.py"
    comparison.write_program(path, "pass", [peak_memory_mib, peaks], "peaks()")
    ballast = bytearray(400 * 1024**2)
    ballast[::4096] = b"x" * len(ballast[::4096])
    answer = comparison.run_program(path, environment={"OUT_OF_SIGHT": ""}, timeout_s=PATIENT_S)
    del ballast
    assert 190 < answer["after"] - answer["before"] < 230
    if sys.platform == "linux":
        assert answer["before"] < 200  # the parent holds more than 400


# Counting and drawing


def test_lines_are_counted_without_what_is_no_code():
    assert comparison.count_code_lines([double]) == 2
    assert comparison.count_code_lines([documented]) == 6
    assert comparison.count_code_lines([double, documented]) == 8


def test_four_measurements_are_drawn_for_every_program():
    measured = {
        "JAX": {"small": [3, 5, 1, 4, 2], "wide": [10] * 5, "import_s": 0.5, "peak_mib": 200},
        "Keras on JAX": {"small": [2] * 5, "wide": [20] * 5, "import_s": 2, "peak_mib": 300},
    }
    grid = Figure().subplots(2, 2)
    comparison.plot_comparison(grid, measured)
    axes = grid.flat
    span, fastest = axes[0].lines[:2]
    assert span.get_xydata().tolist() == [[1, 0], [3, 0]]
    assert fastest.get_xydata().tolist() == [[1, 0]]
    for axis, values in zip(grid[1], ((0.5, 2), (200, 300)), strict=True):
        drawn = [line.get_xydata().tolist()[0] for line in axis.lines]
        assert drawn == [[values[0], 0], [values[1], 1]]
        assert [line.get_marker() for line in axis.lines] == ["o", "s"]
        assert axis.get_xlim()[0] == 0
    assert [axis.get_xscale() for axis in axes] == ["log", "linear", "linear", "linear"]
    assert [text.get_text() for text in axes[0].get_yticklabels()] == list(measured)
    assert axes[0].get_ylim() == (1.5, -0.5), "the first program on top"


@pytest.mark.parametrize(("shape", "operations"), [((1, 1, 1, 1), 10), ((1, 2, 3, 4), 96)])
def test_operations_of_a_step_are_those_counted_by_hand(shape, operations):
    assert comparison.count_step_operations(*shape) == operations


def test_the_wide_network_has_1408_times_the_operations():
    wide = comparison.count_step_operations(352, 64, 4096, 10)
    assert wide == 2 * 352 * 4096 * 158
    assert wide == 1408 * comparison.count_step_operations(32, 64, 32, 10)


def test_the_grader_tells_the_gradient_that_nobody_needs():
    cases = [((1, 1, 1, 1), 10), ((1, 2, 3, 4), 96), ((32, 64, 32, 10), 323584)]
    assert grade(comparison.count_step_operations, cases) == "Right in all 3 cases."
    said = grade(comparison.count_threefold, cases)
    assert said == "Wrong for (1, 1, 1, 1): expected 10, received 12."


def test_deviations_are_drawn_a_row_a_program_beside_the_tolerance():
    axis = Figure().subplots()
    parts = ("logits", "loss", "gradients", "updated")
    deviations = {
        "JAX": dict(zip(parts, (1e-7, 2e-7, 3e-7, 4e-7), strict=True)),
        "Keras on JAX": dict(zip(parts, (5e-7, 6e-7, 7e-7, 8e-7), strict=True)),
    }
    comparison.plot_deviations(axis, deviations, tolerance=1e-5)
    *marks, line = axis.lines
    assert marks[0].get_xydata().tolist() == [[1e-7, 0], [5e-7, 1]]
    assert [each.get_label() for each in marks] == list(parts)
    assert len({each.get_marker() for each in marks}) == 4
    assert set(line.get_xdata()) == {1e-5}
    assert axis.get_xscale() == "log"
    assert [text.get_text() for text in axis.get_yticklabels()] == list(deviations)


def test_growth_is_drawn_as_bars_that_fall_short_of_the_arithmetic():
    axis = Figure().subplots()
    comparison.plot_growth(axis, {"JAX": 20, "Keras on JAX": 4}, operations=1408)
    assert [bar.get_width() for bar in axis.patches] == [20, 4]
    assert set(axis.lines[0].get_xdata()) == {1408}
    assert axis.texts[0].get_text() == "FLOPs"
