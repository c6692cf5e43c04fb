"""What it costs to add up gradients, and what it leaves of the speed."""

import numpy as np


def ring_all_reduce_seconds(devices, num_bytes, *, latency_s, bytes_per_s):
    """Time of a ring all-reduce by the latency-bandwidth model.

    Args:
        devices: how many stand in the ring.
        num_bytes: size of the array.
        latency_s: what each message costs, however short it is.
        bytes_per_s: how many bytes of a long message arrive in a second.
    """
    messages = 2 * (devices - 1)
    part = num_bytes / devices
    return messages * (latency_s + part / bytes_per_s)


def require_two_sizes(num_bytes):
    """Raise an error unless an array has two different numbers."""
    if len(set(num_bytes.tolist())) < 2:
        raise ValueError(
            "Expected at least two sizes, since a line has two unknowns. "
            f"Received: num_bytes={num_bytes.tolist()}."
        )


def fit_latency_and_bandwidth(num_bytes, seconds, *, devices):
    """Least-squares fit to all-reduce times, of relative errors."""
    sizes, seconds = np.asarray(num_bytes, float), np.asarray(seconds, float)
    require_two_sizes(sizes)
    messages = 2 * (devices - 1)
    columns = np.stack(
        [np.full_like(sizes, messages), sizes * messages / devices]
    )
    (latency, per_byte), *_ = np.linalg.lstsq(
        (columns / seconds).T, np.ones_like(sizes), rcond=None
    )
    return {"latency_s": float(latency), "bytes_per_s": float(1 / per_byte)}


def speedup(
    devices, num_bytes, step_s, *, weak_scaling, latency_s, bytes_per_s
):
    """Predict how many times faster several devices get through the data.

    Args:
        devices: how many.
        num_bytes: size of all gradients.
        step_s: time of one step on one device, without communication.
        weak_scaling: whether each device keeps a whole batch, so that the
            batch of all grows; if not, one batch is divided (strong scaling).
        latency_s: as for `ring_all_reduce_seconds`.
        bytes_per_s: as for `ring_all_reduce_seconds`.
    """
    link = {"latency_s": latency_s, "bytes_per_s": bytes_per_s}
    talk = ring_all_reduce_seconds(devices, num_bytes, **link)
    if weak_scaling:
        return devices * step_s / (step_s + talk)
    return step_s / (step_s / devices + talk)


def fastest_device_count(num_bytes, step_s, *, latency_s, bytes_per_s):
    """Number of devices with the largest predicted speedup (strong scaling)."""
    # The derivative of step / n + 2 (n - 1) (latency + bytes / n / bandwidth)
    # by n is zero where n squared is this:
    square = (step_s - 2 * num_bytes / bytes_per_s) / (2 * latency_s)
    return max(1, round(square**0.5)) if square > 0 else 1
