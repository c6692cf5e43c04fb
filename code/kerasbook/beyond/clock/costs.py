"""What a step must cost: operations, bytes, and the time they need."""

import math

import keras

from kerasbook.beyond.faster.scoring import forward_flops


def layer_costs(model, batch_size):
    """Count what each layer computes and moves on the way forward.

    Every number is taken to be read or written once, four bytes each.

    Args:
        model: a chain of layers, built for photos of one size.
        batch_size: photos of a batch.

    Returns:
        dict by name of a layer of pairs: FLOPs, bytes.
    """
    if None in model.input_shape[1:]:
        raise ValueError(
            "Expected a network built for photos of one size. Received: "
            f"input_shape={model.input_shape}"
        )
    costs, shape = {}, (batch_size, *model.input_shape[1:])
    for layer in model.layers:
        alone = keras.Sequential([keras.Input(shape[1:]), layer])
        flops = batch_size * forward_flops(alone)
        after = layer.compute_output_shape(shape)
        numbers = math.prod(shape) + math.prod(after) + layer.count_params()
        costs[layer.name] = flops, 4 * numbers
        shape = after
    return costs


def least_seconds(flops, num_bytes, *, flops_per_s, bytes_per_s):
    """Return the time below which a computation cannot come."""
    return max(flops / flops_per_s, num_bytes / bytes_per_s)


def step_seconds(model, batch_size, **rates):
    """Predict the time of a training step, without all that Python adds.

    Backward costs twice as much as forward. Adam reads a weight, its
    gradient and two averages, and writes all but the gradient.

    Args:
        model: as in `layer_costs`.
        batch_size: photos of a batch.
        rates: `flops_per_s` and `bytes_per_s`.
    """
    costs = layer_costs(model, batch_size).values()
    forward = sum(least_seconds(*cost, **rates) for cost in costs)
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
