"""Learning-rate schedules (§2.2.3): the rates at steps `t`, from 0 on."""

import numpy as np


def step_decay(t, initial, *, factor, every):
    """Multiply the rate by `factor` at once, `every` so many steps."""
    return initial * factor ** (t // every)


def exponential_decay(t, initial, *, factor, every):
    """Multiply the rate by `factor` little by little in `every` steps."""
    return initial * factor ** (t / every)


def cosine_decay(t, initial, *, steps):
    """Fall from `initial` to 0 in `steps` steps, and stay there."""
    done = np.minimum(t, steps) / steps
    return initial / 2 * (1 + np.cos(np.pi * done))


def warmup_then_cosine(t, peak, *, warmup, steps):
    """Rise from 0 to `peak` in `warmup` steps, then fall in `steps` steps."""
    rising = peak * t / warmup
    falling = cosine_decay(t - warmup, peak, steps=steps)
    return np.where(t < warmup, rising, falling)
