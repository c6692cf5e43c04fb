"""What one backend takes for a step, an answer, a script."""

import time
from functools import partial

import keras
import numpy as np

from kerasbook.beyond.profiling.network import build_photo_network, draw_photos
from kerasbook.beyond.profiling.rates import take_turns
from kerasbook.beyond.profiling.waiting import (
    SlowPhotos,
    read_with_grain,
    read_with_tensorflow,
)
from kerasbook.stopwatch import shortest_seconds


def fit_step_ms(model, *data, clock=time.process_time, **settings):
    """Milliseconds per `fit` step, from the first step's end to the last's."""
    ends = []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda step, logs: ends.append((step, clock()))
    )
    note.async_safe = True  # else JAX would wait for each step to end
    settings |= {"callbacks": [note], "shuffle": False, "verbose": 0}
    model.fit(*data, **settings)
    (first, began), *_, (last, ended) = sorted(ends)
    return 1000 * (ended - began) / (last - first)


def first_step_s(model, photos, labels):
    """Return the seconds of one step, the first of its kind."""
    return shortest_seconds(lambda: model.train_on_batch(photos, labels), 1)


def time_mode(model, photos, labels, *, size, steps):
    """Time the first step, which compiles, and the steps of a later `fit`."""
    batch = photos[:size], labels[:size]
    fit = partial(model.fit, batch_size=size, verbose=0)
    first = shortest_seconds(lambda: fit(*batch), 1)  # compiles
    data = photos[: size * steps], labels[: size * steps]
    later = [fit_step_ms(model, *data, batch_size=size) for _ in range(2)]
    return {"first_s": first, "ms": min(later)}


def time_inference(model, photos):
    """Milliseconds per prediction, called in four ways."""
    one, to_numpy = photos[:1], keras.ops.convert_to_numpy
    ways = {
        "predict": lambda: model.predict(one, verbose=0),
        "predict_on_batch": lambda: model.predict_on_batch(one),
        "model(x)": lambda: to_numpy(model(one, training=False)),
        "all at once": lambda: model.predict(photos, verbose=0),
    }
    found = {}
    for name, ask in ways.items():
        ask()  # compiles
        found[name] = 1000 * shortest_seconds(ask)
    found["all at once"] /= len(photos)
    return found


def time_sources(model, photos, labels, *, size=16):
    """Return the milliseconds of a step by where its batches come from."""
    slow = SlowPhotos(photos, labels, batch_size=size)
    sources = {
        "1 worker": slow,
        "8 workers": SlowPhotos(photos, labels, batch_size=size, workers=8),
        "Grain": read_with_grain(slow),
    }
    if keras.backend.backend() == "tensorflow":
        sources["tf.data"] = read_with_tensorflow(slow)
    time_fit = partial(fit_step_ms, model, clock=time.perf_counter)
    timings = {"arrays": partial(time_fit, photos, labels, batch_size=size)}
    timings |= {name: partial(time_fit, data) for name, data in sources.items()}
    return take_turns(timings)


def time_shapes(model, photos, labels, heights=(25, 27)):
    """Time steps whose photos have new heights, and then the same again.

    Args:
        model: takes photos of any size.
        photos: at least as high as all heights.
        labels: integers.
        heights: none of which the model has seen.

    Returns:
        milliseconds of each height at first, and then of each again.
    """
    model.train_on_batch(photos, labels)  # a height that is not new
    return [
        1000 * first_step_s(model, photos[:, :height], labels)
        for height in heights * 2
    ]


def run_script(model, source, photos):
    """Train an epoch, then ask about batches of photos."""
    model.fit(source, verbose=0, shuffle=False)
    for batch in photos:
        model.predict(batch, verbose=0)


def time_script(eager, compiled, photos, labels, *, size=16, asked=8):
    """Return the seconds of a script as written, and after each cure.

    The first of two rounds compiles, so compiling does not count.
    """
    slow, ahead = (
        SlowPhotos(photos, labels, batch_size=size, workers=workers)
        for workers in (1, 8)
    )
    together = [photos[:asked]]
    one_by_one = np.split(together[0], asked)
    stages = {
        "original": partial(run_script, eager, slow, one_by_one),
        "compiled": partial(run_script, compiled, slow, one_by_one),
        "prefetched": partial(run_script, compiled, ahead, one_by_one),
        "one predict call": partial(run_script, compiled, ahead, together),
    }
    stopwatch = partial(shortest_seconds, repeats=1, clock=time.perf_counter)
    return take_turns({k: partial(stopwatch, run) for k, run in stages.items()})


def time_modes(model, eager, photos, labels):
    """Return the times of several batch sizes, and of other ways to compile."""
    modes = {
        "batch 16": (model, 16, 8),
        "batch 1": (model, 1, 16),
        "batch 64": (model, 64, 4),
        "run_eagerly": (eager, 16, 4),
    }
    if keras.backend.backend() != "jax":  # compiling it takes too long here
        halved = build_photo_network(dtype="mixed_bfloat16")
        modes["bfloat16"] = halved, 64, 4
    if keras.backend.backend() == "tensorflow":
        for name, value in (("jit_compile", True), ("steps_per_execution", 8)):
            modes[name] = build_photo_network(**{name: value}), 16, 16
    return {
        name: time_mode(network, photos, labels, size=size, steps=steps)
        for name, (network, size, steps) in modes.items()
    }


def measure_everything():
    """Return all that a backend is asked, as one dict for JSON."""
    photos, labels = draw_photos(256)
    model = build_photo_network(size=None)
    eager = build_photo_network(run_eagerly=True)
    return {
        "modes": time_modes(model, eager, photos, labels),
        "answers": time_inference(model, photos),
        "sources": time_sources(model, photos, labels),
        "shapes": time_shapes(model, photos[:16], labels[:16]),
        "script": time_script(eager, model, photos, labels),
    }
