"""TensorFlow's and PyTorch's data parallelism end with the weights of one device."""

import json
import re

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from bookkit.paths import BOOK
from kerasbook.beyond.scale.devices import largest_gap
from kerasbook.beyond.scale.network import build_digit_network
from kerasbook.beyond.scale.processes import start_processes, wait_for, write_worker
from kerasbook.beyond.scale.replicas import (
    fit_replica,
    load_part,
    load_start,
    mean_over_processes,
    run_replica,
    train_mirrored,
    train_replica,
)
from kerasbook.isolation import HIDE
from kerasbook.outlook.troubles.elsewhere import split_processor

# What torchrun does for a process, here on the CPU.
TORCHRUN = """
import os
import sys

rank, processes, address = sys.argv[1:4]
host, port = address.split(":")
os.environ.update(RANK=rank, LOCAL_RANK=rank, WORLD_SIZE=processes)
os.environ.update(MASTER_ADDR=host, MASTER_PORT=port)
os.environ.update(CUDA_VISIBLE_DEVICES="-1", OMP_NUM_THREADS="1")
"""
NEEDED = "import json\n\nimport keras\nimport numpy as np"
SHARED = (build_digit_network, load_start)


def uneven_mirrored(folder):
    """Take a step with four samples and one with three, of which one device gets two."""
    import tensorflow as tf

    data = np.load(f"{folder}/digits.npz")
    images, labels = data["images"][:7], data["labels"][:7]
    with tf.distribute.MirroredStrategy().scope():
        model = load_start(folder)
    try:
        model.fit(images, labels, batch_size=7, verbose=0)
    except tf.errors.InvalidArgumentError as error:
        message = str(error)
    model.fit(images, labels, batch_size=4, shuffle=False, verbose=0)
    return message, [each.tolist() for each in model.get_weights()]


def quiet_layers():
    """Ask a wrapped model twice, then with `training=True`: does anything differ or move?"""
    import torch

    store = torch.distributed.HashStore()
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    layers = [keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
    model = keras.Sequential([keras.Input((8,)), *layers])
    replica = torch.nn.parallel.DistributedDataParallel(model).train()
    inputs, found = torch.randn(4, 8), []
    for settings in ({}, {"training": True}):
        first, second = replica(inputs, **settings), replica(inputs, **settings)
        moved = float(abs(model.get_weights()[2]).max())
        found.append([bool((first == second).all()), moved])
    return found, len(list(replica.named_buffers()))


def deal_out(rank):
    """Return which of five samples a process gets."""
    import torch

    return list(torch.utils.data.DistributedSampler(range(5), 2, rank, shuffle=False))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a folder with weights, and what TensorFlow's process and PyTorch's two printed."""
    folder = tmp_path_factory.mktemp("run")
    images = np.random.default_rng(0).normal(size=(96, 64)).astype("float32")
    np.savez(folder / "digits.npz", images=images, labels=np.argmax(images[:, :10], axis=1))
    build_digit_network().save_weights(folder / "start.weights.h5")
    mirrored = write_worker(
        NEEDED,
        (*SHARED, split_processor, train_mirrored, uneven_mirrored),
        "split_processor()\n"
        "print(json.dumps([train_mirrored(sys.argv[4]), *uneven_mirrored(sys.argv[4])]))",
        backend="tensorflow",
    )
    replicated = write_worker(
        NEEDED,
        (
            *SHARED, load_part, train_replica, fit_replica,
            mean_over_processes, run_replica, quiet_layers, deal_out,
        ),
        "losses = [float(loss) for loss in run_replica(*sys.argv[1:]).split()]\n"
        "print(json.dumps([losses, quiet_layers(), deal_out(int(sys.argv[1]))]))",
        backend="torch",
    )  # fmt: skip
    started = start_processes(mirrored, 1, folder) + start_processes(replicated, 2, folder)
    ended = wait_for(started)
    assert [status for status, _ in ended] == [0, 0, 0]
    return folder, [json.loads(lines[-1]) for _, lines in ended]


@pytest.fixture(scope="module")
def alone(trained):
    """Return the loss of the last epoch on one device, and the weights."""
    with np.load(trained[0] / "digits.npz") as data:
        model = load_start(trained[0])
        settings = {"batch_size": 32, "epochs": 4, "shuffle": False, "verbose": 0}
        history = model.fit(data["images"], data["labels"], **settings).history
    return history["loss"][-1], model.get_weights()


def weights(folder, name):
    with np.load(folder / f"{name}.npz") as file:
        return list(file.values())


@pytest.mark.parametrize("name", ["tensorflow-0", "torch-0", "torch-1"])
def test_replicas_end_with_the_weights_of_one_device(trained, alone, name):
    assert largest_gap(weights(trained[0], name), alone[1]) < 1e-5


def test_tensorflow_counts_all_samples_and_pytorch_those_of_a_process(trained, alone):
    (mirrored, *_), *parts = trained[1]
    (first, second), means = zip(*(losses for losses, *_ in parts), strict=True)
    assert mirrored == pytest.approx(alone[0], abs=1e-5)
    assert means == pytest.approx([alone[0]] * 2, abs=1e-5)
    assert abs(first - second) > 1e-3


def test_fit_of_a_wrapped_model_trains_each_process_alone(trained):
    assert largest_gap(weights(trained[0], "fit-0"), weights(trained[0], "fit-1")) > 0.01


def test_of_an_uneven_last_batch_tensorflow_takes_the_mean_of_means(trained):
    """One device gets two of three samples: each weighs a quarter, the third a half."""
    with np.load(trained[0] / "digits.npz") as data:
        images, labels = data["images"][:7], data["labels"][:7]
    found = {}
    for name, last in (("means", [0.75, 0.75, 1.5]), ("samples", [1, 1, 1])):
        model = load_start(trained[0])
        settings = {"sample_weight": np.array([1] * 4 + last), "shuffle": False, "verbose": 0}
        model.fit(images, labels, batch_size=4, **settings)
        found[name] = largest_gap(model.get_weights(), trained[1][0][2])
    assert found["means"] < 1e-6 < 1e-3 < found["samples"]


def test_an_uneven_first_batch_is_an_error_of_tensorflow(trained):
    said = "Inputs to operation AddN of type AddN must have the same size and shape"
    assert said in trained[1][0][1]


def test_a_wrapped_model_is_told_to_train_by_the_call_alone(trained):
    for _, (((same, moved), (same_told, moved_told)), buffers), _ in trained[1][1:]:
        assert (same, moved) == (True, 0)
        assert not same_told
        assert moved_told > 0
        assert buffers == 0  # so nothing is broadcast before a step


def test_the_sampler_repeats_samples_until_all_get_as_many(trained):
    assert [dealt for *_, dealt in trained[1][1:]] == [[0, 2, 4], [1, 3, 0]]


# The whole program, which the page shows and does not run


@pytest.mark.weekly
def test_the_program_of_the_page_trains_in_two_processes(tmp_path, monkeypatch):
    text = (BOOK / "en" / "beyond" / "scale.md").read_text(encoding="utf-8")
    [program] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    hide = HIDE.format(packages={"jax", "tensorflow"})
    ended = wait_for(start_processes(f"{TORCHRUN}\n{hide}\n{program}", 2))
    (status, first), (other_status, second) = ended
    assert (status, other_status) == (0, 0)
    losses = [float(line.split()[-1]) for line in first if line.startswith("epoch")]
    assert len(losses) == 20
    assert losses[-1] < losses[0] / 4
    assert not [line for line in second if line.startswith("epoch")]
    images, labels = load_digits(return_X_y=True)
    answers = keras.saving.load_model("digits.keras").predict(images / 16, verbose=0)
    assert np.mean(answers.argmax(axis=1) == labels) > 0.9
