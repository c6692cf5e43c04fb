"""Several devices in one machine, and what each of them holds."""

import keras
import numpy as np


def pick_devices(count):
    """Return the names of the first devices.

    Raises:
        ValueError: the machine has fewer.
    """
    devices = keras.distribution.list_devices()
    if not 1 <= count <= len(devices):
        raise ValueError(
            f"Expected 1 to {len(devices)} devices, since JAX sees {devices}. "
            f"Received: count={count}. Ask for fewer or, to try on a CPU, set "
            f"XLA_FLAGS=--xla_force_host_platform_device_count={count} before "
            "the first import."
        )
    return devices[:count]


def check_batch(batch_size, *, samples, devices):
    """Check that every batch of an epoch can be dealt out evenly.

    Raises:
        ValueError: a batch, or the last one, cannot be; names sizes that fit.
    """
    last = samples % batch_size
    if batch_size % devices:
        more = -(-batch_size // devices) * devices
        cure = f"Take batch_size={more}"
    elif last % devices:
        cure = (
            f"The last batch has {last} samples: take the first "
            f"{samples - last % devices}"
        )
    else:
        return
    raise ValueError(
        f"Expected batches that {devices} devices can share evenly. Received: "
        f"batch_size={batch_size} for {samples} samples. {cure}."
    )


def shards_of(tensor):
    """Map each device to its part of a tensor: `(start, stop)` per axis."""
    return {
        shard.device.id: tuple(
            part.indices(size)[:2]
            for part, size in zip(shard.index, tensor.shape, strict=True)
        )
        for shard in tensor.addressable_shards
    }


def bytes_per_device(model):
    """Map each device to the bytes of weights and optimizer that it holds."""
    total = {}
    for variable in (*model.variables, *model.optimizer.variables):
        for shard in variable.value.addressable_shards:
            number = shard.device.id
            total[number] = total.get(number, 0) + shard.data.nbytes
    return total


def largest_gap(first, second):
    """Return the largest difference between two lists of arrays."""
    return max(
        float(np.abs(np.asarray(a, float) - np.asarray(b, float)).max())
        for a, b in zip(first, second, strict=True)
    )
