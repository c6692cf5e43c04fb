"""Processes that train together: all of them end, and lose nothing."""

import json
import os
import signal
import socket
import subprocess

import keras
import numpy as np
import pytest

from kerasbook.beyond.scale import backups, devices, network, processes, timing, worker
from kerasbook.beyond.scale.devices import bytes_per_device, largest_gap, pick_devices, shards_of
from kerasbook.beyond.scale.layouts import check_layout, tensor_parallel_layout
from kerasbook.beyond.scale.network import build_digit_network

FOUR = 'os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"\n'
IMPORTS = "import itertools\nimport re\nimport signal\n\nimport keras\nimport numpy as np"
TRAINING = (
    build_digit_network, network.shard_batches, worker.read_share, worker.die_at,
    worker.join_processes, worker.train_share, worker.run_worker,
)  # fmt: skip
RUN = "text = run_worker(*sys.argv[1:])\nprint(text, flush=True)\nos._exit(not text.isdigit())"


def digits():
    generator = np.random.default_rng(0)
    images = generator.normal(size=(96, 64)).astype("float32")
    return images, np.argmax(images[:, :10], axis=1)


def whole_training(images, labels):
    keras.utils.set_random_seed(0)
    model = build_digit_network()
    model.fit(images, labels, batch_size=32, epochs=4, shuffle=False, verbose=0)
    return model


def on_four_devices():
    import tempfile

    images, labels = digits()
    found, names = {}, pick_devices(4)
    whole = whole_training(images, labels).get_weights()
    mesh = keras.distribution.DeviceMesh((2, 2), ("batch", "model"), names)
    layout = tensor_parallel_layout(mesh)
    for name, distribution in (
        ("data", keras.distribution.DataParallel(devices=names)),
        ("model", keras.distribution.ModelParallel(layout_map=layout)),
    ):
        keras.distribution.set_distribution(distribution)
        model = whole_training(images, labels)
        check_layout(layout, model)
        kernel = model.get_layer("wide").kernel.value
        found[name] = {
            "gap": largest_gap(whole, model.get_weights()),
            "bytes": list(bytes_per_device(model).values()),
            "columns": [place[1] for place in shards_of(kernel).values()],
        }
    data_parallel = keras.distribution.DataParallel(devices=names)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/sharded.keras")
        keras.distribution.set_distribution(data_parallel)
        loaded = keras.saving.load_model(f"{folder}/sharded.keras")
    found["loaded"] = {
        "gap": largest_gap(model.get_weights(), loaded.get_weights()),
        "bytes": list(bytes_per_device(loaded).values()),
    }
    padded = np.pad(images[:30], ((0, 2), (0, 0)))
    found["padded"] = list(loaded.predict(padded, verbose=0)[:30].shape)
    keras.distribution.set_distribution(None)
    early = build_digit_network()
    keras.distribution.set_distribution(data_parallel)
    twice = keras.distribution.LayoutMap(mesh)
    for key in (".*wide/kernel", ".*kernel"):
        twice[key] = (None, "model")
    slip = keras.distribution.LayoutMap(mesh)
    slip["wide/kernel"] = (None, "model")
    odd = keras.distribution.LayoutMap(keras.distribution.DeviceMesh((4,), ("model",), names))
    odd[".*out/kernel"] = (None, "model")
    for name, action in (
        ("more", lambda: pick_devices(8)),
        ("slip", lambda: check_layout(slip, model)),
        ("odd", lambda: check_layout(odd, model)),
        ("ragged", lambda: loaded.predict(images[:30], verbose=0)),
        ("early", lambda: early.fit(images, labels, batch_size=32, verbose=0)),
        ("twice", lambda: twice["sequential/wide/kernel"]),
    ):
        try:
            action()
        except ValueError as error:
            found[name] = str(error)
    return found


@pytest.fixture(scope="module")
def four():
    functions = (
        digits, whole_training, on_four_devices, build_digit_network,
        pick_devices, shards_of, bytes_per_device, largest_gap,
        tensor_parallel_layout, check_layout,
    )  # fmt: skip
    call = "import json\nprint(json.dumps(on_four_devices()))"
    program = processes.write_worker(FOUR + IMPORTS, functions, call)
    ((status, lines),) = processes.wait_for(processes.start_processes(program, 1))
    assert status == 0
    return json.loads(lines[-1])


@pytest.mark.weekly
def test_four_devices_train_as_one_does(four):
    assert four["data"]["gap"] < 1e-5
    assert four["model"]["gap"] < 1e-5


def test_only_cut_weights_take_less_memory(four):
    assert four["data"]["bytes"] == [38488] * 4
    assert four["model"]["bytes"] == [19288] * 4
    assert four["data"]["columns"] == [[0, 64]] * 4
    assert sorted(four["model"]["columns"]) == [[0, 32]] * 2 + [[32, 64]] * 2


def test_a_sharded_model_is_loaded_as_the_distribution_says(four):
    assert four["loaded"] == {"gap": 0, "bytes": [38488] * 4}


def test_of_a_ragged_batch_the_padded_rows_are_predicted(four):
    assert four["padded"] == [30, 10]
    assert "partitioned 4 times, but the dimension size is 30" in four["ragged"]


def test_a_model_that_is_older_than_the_distribution_is_refused(four):
    assert "Received incompatible devices for jitted computation" in four["early"]


def test_a_path_that_two_keys_match_is_refused(four):
    assert "matches multiple layout specification keys" in four["twice"]


def test_bad_devices_and_layouts_say_what_to_do(four):
    assert "count=8" in four["more"]
    assert "device_count=8 before" in four["more"]
    assert "Received: 'wide/kernel'. Try '.*wide/kernel'" in four["slip"]
    assert "shape (64, 10), to be divisible by the 4 devices" in four["odd"]


def test_batches_that_cannot_be_shared_are_refused():
    devices.check_batch(32, samples=1152, devices=4)
    devices.check_batch(32, samples=1156, devices=4)
    with pytest.raises(ValueError, match=r"batch_size=30.*Take batch_size=32\."):
        devices.check_batch(30, samples=1152, devices=4)
    with pytest.raises(ValueError, match=r"last batch has 5 samples: take the first 1156\."):
        devices.check_batch(32, samples=1157, devices=4)


def test_shares_together_are_each_batch():
    samples = np.arange(20).reshape(10, 2)
    first, second = (network.shard_batches(samples, 4, rank=rank, processes=2) for rank in range(2))
    assert first.tolist() == samples[[0, 1, 4, 5]].tolist()
    assert second.tolist() == samples[[2, 3, 6, 7]].tolist()


def can_be_had(port):
    try:
        with socket.socket() as found:
            found.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_free_port_can_be_listened_to():
    # What is free now another process may take at once, but not each time.
    assert any(can_be_had(processes.free_port()) for _ in range(20))


def test_processes_that_run_on_are_killed():
    started = processes.start_processes("import time; time.sleep(600)", 2)
    with pytest.raises(subprocess.TimeoutExpired):
        processes.wait_for(started, timeout_s=0.5)
    assert [one.returncode for one in started] == [-signal.SIGKILL] * 2


def test_each_process_learns_which_it_is():
    program = "import sys; print(sys.argv[1:3], sys.argv[4]); sys.exit(int(sys.argv[1]))"
    ended = processes.wait_for(processes.start_processes(program, 2, "run"))
    assert ended == [(0, ["['0', '2'] run"]), (1, ["['1', '2'] run"])]


def test_an_error_of_gloo_loses_files_and_ports():
    text = "JaxRuntimeError: X: Gloo failed: [a/pair.cc:5] Read error [127.0.0.1]:44: Reset"
    assert processes.gloo_error(text) == "JaxRuntimeError: Gloo failed: Read error: Reset"
    assert processes.gloo_error("ValueError: no") == "ValueError: no"


@pytest.mark.weekly
def test_one_is_killed_and_both_go_on_from_the_backup(tmp_path):
    images, labels = digits()
    np.savez(tmp_path / "digits.npz", images=images, labels=labels)
    program = processes.write_worker(IMPORTS, TRAINING, RUN)
    ended = processes.wait_for(processes.start_processes(program, 2, tmp_path, 8))
    assert [status for status, _ in ended] == [1, -signal.SIGKILL]
    folders = [tmp_path / f"backup-{rank}" for rank in range(2)]
    assert backups.check_backups(folders) == 2
    ended = processes.wait_for(processes.start_processes(program, 2, tmp_path, 0))
    assert [(status, lines[-1]) for status, lines in ended] == [(0, "12")] * 2
    save = (
        f"np.savez({os.fspath(tmp_path / 'whole.npz')!r}, *whole_training(*digits()).get_weights())"
    )
    functions = (digits, whole_training, build_digit_network)
    alone = processes.write_worker(IMPORTS, functions, save)
    assert processes.wait_for(processes.start_processes(alone, 1))[0][0] == 0
    with np.load(tmp_path / "whole.npz") as file:
        whole = list(file.values())
    for rank in range(2):
        with np.load(tmp_path / f"weights-{rank}.npz") as file:
            assert largest_gap(whole, file.values()) < 1e-5


CLOCK = """
class time:  # says when each sum begins and ends: 9 s, then 3, 1 and 2; 5 s, then 4, 6 and 7
    perf_counter = iter([0, 9, 9, 12, 12, 13, 13, 15, 15, 20, 20, 24, 24, 30, 30, 37]).__next__
"""


def test_of_the_times_after_the_first_the_shortest_counts():
    imports = "import json\n\nimport jax\nimport numpy as np\n" + CLOCK
    call = "print(json.dumps(time_sums(*sys.argv[1:], [4096, 2**20], repeats=3)))"
    functions = (timing.build_all_reduce, timing.all_reduce_seconds, timing.time_sums)
    program = processes.write_worker(imports, functions, call)
    for status, lines in processes.wait_for(processes.start_processes(program, 2)):
        assert status == 0
        assert json.loads(lines[-1]) == [1, 4]
