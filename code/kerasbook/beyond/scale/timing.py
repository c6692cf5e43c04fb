"""How long processes take to add up what each of them has."""

import time

import jax
import numpy as np


def build_all_reduce(mesh):
    """Compile the sum of the parts that the devices of a mesh hold."""
    add = jax.shard_map(
        lambda part: jax.lax.psum(part, "all"),
        mesh=mesh, in_specs=jax.P("all"), out_specs=jax.P(),
    )  # fmt: skip
    return jax.jit(add)


def all_reduce_seconds(all_reduce, array, repeats):
    """Shortest time of several all-reduces, after a first that compiles."""
    taken = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        all_reduce(array).block_until_ready()
        taken.append(time.perf_counter() - start)
    return min(taken[1:])


def time_sums(rank, processes, address, sizes, *, repeats=10):
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
    layout = jax.sharding.NamedSharding(mesh, jax.P("all"))
    all_reduce, found = build_all_reduce(mesh), []
    for size in sizes:
        ones = np.ones((1, size // 4), "float32")
        array = jax.make_array_from_process_local_data(layout, ones)
        found.append(all_reduce_seconds(all_reduce, array, repeats))
    return found
