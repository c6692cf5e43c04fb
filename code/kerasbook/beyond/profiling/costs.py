"""Roofline model: operations, bytes, and the time they need."""

import math


def flops_and_bytes(model, batch_size):
    """FLOPs and bytes of each layer in one forward pass."""
    check_fixed_size(model)
    costs, shape = {}, (batch_size, *model.input_shape[1:])
    for layer in model.layers:
        after, flops = layer.compute_output_shape(shape), 0
        if hasattr(layer, "kernel"):
            places = math.prod(after[:-1])  # ①
            flops = 2 * places * math.prod(layer.kernel.shape)
        numbers = math.prod(shape) + math.prod(after) + layer.count_params()
        costs[layer.name] = flops, 4 * numbers  # ②
        shape = after
    return costs


def check_fixed_size(model):
    """Raise an error unless a network takes photos of one size."""
    if None in model.input_shape[1:]:
        raise ValueError(
            "Expected a network built for photos of one size. Received: "
            f"input_shape={model.input_shape}"
        )


def roofline_seconds(flops, num_bytes, *, flops_per_s, bytes_per_s):
    """Roofline lower bound: max of compute time and memory time."""
    return max(flops / flops_per_s, num_bytes / bytes_per_s)


def step_seconds(model, batch_size, **rates):
    """Predict the time of a training step, without what Python adds."""
    costs = flops_and_bytes(model, batch_size).values()
    forward = sum(roofline_seconds(*cost, **rates) for cost in costs)
    adam = 7 * 4 * model.count_params() / rates["bytes_per_s"]
    return 3 * forward + adam


def break_even_steps(extra_seconds, slow_ms, fast_ms):
    """Return after how many steps compiling is paid back; maybe never.

    Args:
        extra_seconds: how much longer the first step takes.
        slow_ms: milliseconds of a later step without compiling.
        fast_ms: the same with compiling.
    """
    if extra_seconds <= 0:
        return 0
    saved = slow_ms - fast_ms
    return math.ceil(1000 * extra_seconds / saved) if saved > 0 else math.inf
