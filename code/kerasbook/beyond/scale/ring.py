"""Add up what several devices hold, each talking to one neighbor only."""

import numpy as np


def ring_all_reduce(arrays):
    """Ring all-reduce of one array per device: reduce-scatter, gather.

    Returns what each holds at the end, and how many numbers each sent.
    """
    devices, sent = len(arrays), 0
    held = [np.array_split(np.array(one, float), devices) for one in arrays]
    for turn in range(2 * (devices - 1)):
        parts = [(device - turn) % devices for device in range(devices)]
        letters = [held[device][part] for device, part in enumerate(parts)]
        for device, part in enumerate(parts):
            right = (device + 1) % devices
            if turn < devices - 1:  # first round: add up
                held[right][part] = held[right][part] + letters[device]
            else:  # second round: hand out
                held[right][part] = letters[device]
        sent += len(letters[0])
    return [np.concatenate(parts) for parts in held], sent
