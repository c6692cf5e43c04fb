"""How long processes take to add up what each of them has."""

import time

import jax
import numpy as np


def time_sums(rank, processes, address, sizes, *, repeats=40):
    """Add up an array of every process over the network, and take the time.

    Args:
        rank: number of this process, from 0; text will do.
        processes: how many there are.
        address: of the first process.
        sizes: numbers of bytes, multiples of four.
        repeats: how often; the shortest counts, as others only add to it.

    Returns:
        seconds for each size.
    """
    jax.distributed.initialize(address, int(processes), int(rank))
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("all",))
    parts, whole = jax.P("all"), jax.P()
    add = jax.shard_map(
        lambda part: jax.lax.psum(part, "all"),
        mesh=mesh, in_specs=parts, out_specs=whole,
    )  # fmt: skip
    total, found = jax.jit(add), []
    layout = jax.sharding.NamedSharding(mesh, parts)
    for size in sizes:
        ones = np.ones((1, size // 4), "float32")
        array = jax.make_array_from_process_local_data(layout, ones)
        taken = []
        for _ in range(repeats + 1):  # the first compiles
            start = time.perf_counter()
            total(array).block_until_ready()
            taken.append(time.perf_counter() - start)
        found.append(min(taken[1:]))
    return found
