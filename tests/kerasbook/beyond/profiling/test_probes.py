"""What the probes time, and that no cure changes what is learned."""

import json
import queue
import time

import keras
import numpy as np
import pytest

from bookkit.paths import CODE
from kerasbook.beyond.profiling.elsewhere import ask_backend
from kerasbook.beyond.profiling.network import build_photo_network, draw_photos
from kerasbook.beyond.profiling.probes import (
    first_step_s,
    fit_step_ms,
    measure_everything,
    run_script,
    time_inference,
    time_mode,
    time_modes,
    time_script,
    time_shapes,
    time_sources,
)
from kerasbook.beyond.profiling.waiting import SlowPhotos
from kerasbook.isolation import run_without

PHOTOS, LABELS = draw_photos(32)
PATIENT_S = 1800  # until what must come has come: only what fails waits so long


class FakeModel:
    """Counts what it is asked for."""

    def __init__(self, bundle=1):
        self.calls, self.fitted, self.bundle = [], [], bundle

    def fit(self, *data, callbacks=(), **settings):
        self.calls.append(("fit", settings))
        self.fitted.append(len(data[0]))
        for note in callbacks:
            for step in range(4):
                note.on_train_batch_end((step + 1) * self.bundle - 1, {})

    def train_on_batch(self, photos, labels):
        self.calls.append(("train", photos.shape))

    def predict(self, photos, verbose):
        self.calls.append(("predict", len(photos)))

    def predict_on_batch(self, photos):
        self.calls.append(("predict_on_batch", len(photos)))

    def __call__(self, photos, training):
        self.calls.append(("call", len(photos)))
        return photos


@pytest.mark.parametrize(("bundle", "ms"), [(1, 2000), (8, 250)])
def test_a_step_is_timed_from_the_end_of_the_first(bundle, ms):
    ticks = iter([50, 51, 54, 56])
    model = FakeModel(bundle)
    assert fit_step_ms(model, PHOTOS, LABELS, clock=lambda: next(ticks), batch_size=8) == ms
    assert model.calls == [("fit", {"batch_size": 8, "shuffle": False, "verbose": 0})]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_clock_is_read_once_a_step(workers):
    slow = SlowPhotos(PHOTOS, LABELS, batch_size=8, wait_s=0, workers=workers)
    ticks = iter(range(4))
    assert fit_step_ms(build_photo_network(), slow, clock=lambda: next(ticks)) > 0
    assert next(ticks, None) is None


ORDER = """
import json
import sys
sys.path.insert(0, {code!r})
import keras
from kerasbook.beyond.profiling.network import build_photo_network, draw_photos

photos, labels = draw_photos(1024)
events = []

class Watched(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        events.append("read")
        return photos[index::2], labels[index::2]

note = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda step, logs: events.append("end")
)
note.async_safe = {safe}
model = build_photo_network()
model.fit(Watched(), verbose=0)  # compiles
orders = []
# On a busy machine a step may be over before the next read begins, but not each time.
while len(orders) < 5 and "{ahead}" not in orders:
    events.clear()
    model.fit(Watched(), verbose=0, callbacks=[note])
    orders.append(" ".join(events))
print(json.dumps(orders))
"""


AHEAD, WAITING = "read read end end", "read end read end"


@pytest.mark.weekly
@pytest.mark.parametrize(("safe", "first"), [(True, AHEAD), (False, WAITING)])
def test_jax_reads_while_it_computes_unless_a_callback_waits(safe, first):
    """The page says so, of Keras; `fit_step_ms` must not wait, or it would change what it times."""
    program = ORDER.format(code=str(CODE), safe=safe, ahead=AHEAD)
    printed = run_without(
        program, hidden=("tensorflow", "torch"), backend="jax", timeout_s=PATIENT_S
    )
    orders = json.loads(printed.splitlines()[-1])
    assert orders[-1] == first
    assert safe or set(orders) == {WAITING}


def test_the_clock_of_a_step_does_not_wait():
    notes = []
    model = FakeModel()
    fit = model.fit
    model.fit = lambda *data, callbacks, **settings: (
        notes.extend(callbacks),
        fit(*data, callbacks=callbacks, **settings),
    )
    fit_step_ms(model, PHOTOS, LABELS)
    assert [note.async_safe for note in notes] == [True]


def test_ends_of_steps_are_put_in_order():
    ticks = iter([5, 3, 9, 7])  # a thread each

    class Shuffled(FakeModel):
        def fit(self, *data, callbacks, **settings):
            for step in (1, 0, 3, 2):
                callbacks[0].on_train_batch_end(step, {})

    found = fit_step_ms(Shuffled(), PHOTOS, LABELS, clock=lambda: next(ticks))
    assert found == pytest.approx(1000 * (9 - 3) / 3)


def test_an_epoch_with_workers_ends_with_a_tenth_of_a_second(monkeypatch):
    """The page says so, of Keras; `fit_step_ms` leaves it out."""
    waits, get = [], queue.Queue.get

    def note(self, block=True, timeout=None):
        waits.append(timeout)
        return get(self, block, timeout)

    monkeypatch.setattr("queue.Queue.get", note)
    for workers in (1, 2):
        waits.clear()
        slow = SlowPhotos(PHOTOS, LABELS, batch_size=8, wait_s=0, workers=workers)
        build_photo_network().fit(slow, verbose=0)
        assert (0.1 in waits) == (workers > 1)


def test_one_first_step():
    model = FakeModel()
    assert first_step_s(model, PHOTOS, LABELS) >= 0
    assert model.calls == [("train", PHOTOS.shape)]


def test_a_mode_begins_with_its_first_step():
    model = FakeModel()
    found = time_mode(model, PHOTOS, LABELS, size=8, steps=2)
    assert set(found) == {"first_s", "ms"}
    assert model.fitted == [8, 16, 16]
    assert {settings["batch_size"] for _, settings in model.calls} == {8}


def test_answers_one_by_one_and_at_once():
    model = FakeModel()
    found = time_inference(model, PHOTOS)
    assert list(found) == ["predict", "predict_on_batch", "model(x)", "all at once"]
    sizes = {call: size for call, size in model.calls if call != "predict"}
    assert sizes == {"predict_on_batch": 1, "call": 1}
    assert {size for call, size in model.calls if call == "predict"} == {1, 32}


def test_shapes_come_twice():
    model = FakeModel()
    assert len(time_shapes(model, PHOTOS, LABELS, heights=(25, 27))) == 4
    assert [shape[1] for _, shape in model.calls] == [32, 25, 27, 25, 27]


def test_the_script_trains_and_then_asks():
    model = FakeModel()
    run_script(model, "source", [PHOTOS[:1], PHOTOS[1:3]])
    assert [call for call, _ in model.calls] == ["fit", "predict", "predict"]
    assert [size for _, size in model.calls[1:]] == [1, 2]


def test_the_script_is_cured_in_three_steps(monkeypatch):
    runs = {}
    monkeypatch.setattr("kerasbook.beyond.profiling.probes.take_turns", runs.update)
    time_script("eager", "compiled", PHOTOS, LABELS, asked=2)
    clocks = {run.keywords["clock"] for run in runs.values()}
    assert clocks == {time.perf_counter}
    runs = {name: run.args[0] for name, run in runs.items()}
    assert list(runs) == ["original", "compiled", "prefetched", "one predict call"]
    models, sources, asked = zip(*(run.args for run in runs.values()), strict=True)
    assert models == ("eager", *3 * ["compiled"])
    assert [source.workers for source in sources] == [1, 1, 8, 8]
    assert [[len(batch) for batch in batches] for batches in asked] == 3 * [[1, 1]] + [[2]]


def test_sources_are_those_of_the_backend(monkeypatch):
    epochs = {}
    path = "kerasbook.beyond.profiling.probes.take_turns"
    monkeypatch.setattr(path, lambda timings: epochs.update(timings) or dict.fromkeys(timings, 2))
    found = time_sources(FakeModel(), PHOTOS, LABELS, size=8)
    expected = ["arrays", "1 worker", "8 workers", "Grain"]
    if keras.backend.backend() == "tensorflow":
        expected.append("tf.data")
    assert found == dict.fromkeys(expected, 2)
    assert {run.keywords["clock"] for run in epochs.values()} == {time.perf_counter}
    assert [epochs[name].args[1].workers for name in expected[1:3]] == [1, 8]


@pytest.mark.weekly
def test_modes_have_three_batch_sizes():
    model, eager = FakeModel(), FakeModel()
    found = time_modes(model, eager, *draw_photos(256))
    assert list(found)[:4] == ["batch 16", "batch 1", "batch 64", "run_eagerly"]
    assert model.fitted == [16, 128, 128, 1, 16, 16, 64, 256, 256]
    assert eager.fitted == [16, 64, 64]


def test_all_is_measured(monkeypatch):
    path = "kerasbook.beyond.profiling.probes."
    for name in ("modes", "inference", "sources", "shapes", "script"):
        monkeypatch.setattr(f"{path}time_{name}", lambda *_, name=name: name)
    assert measure_everything() == {
        "modes": "modes", "answers": "inference", "sources": "sources", "shapes": "shapes",
        "script": "script",
    }  # fmt: skip


def test_no_cure_changes_what_is_learned():
    """The page says so, of its script as written and after all cures."""
    weights = []
    for settings, workers in (({"run_eagerly": True}, 1), ({}, 8)):
        keras.utils.set_random_seed(0)
        model = build_photo_network(**settings)
        source = SlowPhotos(PHOTOS, LABELS, batch_size=8, wait_s=0, workers=workers)
        run_script(model, source, [PHOTOS[:1], PHOTOS[1:2]])
        weights.append(model.get_weights())
    keras.utils.set_random_seed(0)
    start = build_photo_network().get_weights()
    for first, second, untrained in zip(*weights, start, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-5)
        assert np.abs(first - untrained).max() > 1e-4


@pytest.mark.weekly
def test_another_backend_answers():
    found = ask_backend("torch", "keras.backend.backend()")
    assert found == "torch"
