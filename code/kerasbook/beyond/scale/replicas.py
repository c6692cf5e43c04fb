"""Data parallelism with TensorFlow's and with PyTorch's own tools."""

import keras
import numpy as np

from kerasbook.beyond.scale.network import build_digit_network


def load_start(folder):
    """Build the digit network; its initial weights lie in a folder."""
    model = build_digit_network()
    model.load_weights(f"{folder}/start.weights.h5")
    return model


def train_mirrored(folder):
    """Train a replica on each device, with TensorFlow's strategy.

    In `folder` lie digits and initial weights.

    Returns:
        the loss of the last epoch, of all samples.
    """
    import tensorflow as tf

    data = np.load(f"{folder}/digits.npz")
    with tf.distribute.MirroredStrategy().scope():  # ①
        model = load_start(folder)  # built and compiled
    history = model.fit(
        data["images"], data["labels"], batch_size=32, epochs=4,
        shuffle=False, verbose=0,
    )  # fmt: skip
    np.savez(f"{folder}/tensorflow-0.npz", *model.get_weights())
    return history.history["loss"][-1]


def load_part(folder, batch_size):
    """Return a `DataLoader` of this process's part of the digits.

    Args:
        folder: where the digits lie.
        batch_size: samples of this process in each step.
    """
    import torch

    data = np.load(f"{folder}/digits.npz")
    arrays = [torch.tensor(data[name]) for name in ("images", "labels")]
    dataset = torch.utils.data.TensorDataset(*arrays)
    sampler = torch.utils.data.DistributedSampler(dataset, shuffle=False)
    return torch.utils.data.DataLoader(dataset, batch_size, sampler=sampler)


def train_replica(model, loader):
    """Train a replica with DDP; return the last epoch's loss on its part."""
    import torch

    replica = torch.nn.parallel.DistributedDataParallel(model)
    weights = model.trainable_weights
    for _ in range(4):  # epochs
        losses = []
        for images, labels in loader:
            outputs = replica(images, training=True)  # ①
            loss = model.compute_loss(images, labels, outputs)
            model.zero_grad()
            loss.backward()  # ②
            with torch.no_grad():
                gradients = [weight.value.grad for weight in weights]
                model.optimizer.apply(gradients, weights)
            losses.append(loss.item())
    return sum(losses) / len(losses)


def mean_over_processes(value):
    """All-reduce a number of each process, and divide by their number."""
    import torch

    total = keras.ops.convert_to_tensor(value)  # on the GPU, if there is one
    torch.distributed.all_reduce(total)
    return total.item() / torch.distributed.get_world_size()


def fit_replica(model, loader):
    """Call `fit` on a wrapped model: its gradients are *not* averaged."""
    import torch

    replica = torch.nn.parallel.DistributedDataParallel(model)
    replica.module.fit(loader, epochs=4, verbose=0)


def run_replica(rank, processes, address, folder):
    """Join the others, train both ways, and save the weights of both.

    Returns:
        two losses as text: of this process's samples, and of all.
    """
    import torch

    torch.distributed.init_process_group(
        "gloo", f"tcp://{address}", rank=int(rank), world_size=int(processes)
    )
    loader = load_part(folder, 32 // int(processes))
    model, other = load_start(folder), load_start(folder)
    loss = train_replica(model, loader)
    fit_replica(other, loader)
    for name, trained in (("torch", model), ("fit", other)):
        np.savez(f"{folder}/{name}-{rank}.npz", *trained.get_weights())
    mean = mean_over_processes(loss)
    torch.distributed.destroy_process_group()
    return f"{loss} {mean}"
