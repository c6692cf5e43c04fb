"""Slow photos: the same batches whoever reads them."""

import threading

import numpy as np
import pytest

from kerasbook.beyond.profiling.network import draw_photos
from kerasbook.beyond.profiling.waiting import (
    SlowPhotos,
    careless_prefetched_step_ms,
    prefetched_step_ms,
    read_with_grain,
    read_with_tensorflow,
    require_divisor,
)

PHOTOS, LABELS = draw_photos(12)
PATIENT_S = 300  # until what must come has come: only what fails waits so long


def check_batches(batches):
    photos, labels = zip(*batches, strict=True)
    assert [len(batch) for batch in labels] == [4, 4, 4]
    np.testing.assert_array_equal(np.concatenate([np.asarray(p) for p in photos]), PHOTOS)
    np.testing.assert_array_equal(np.concatenate([np.asarray(y) for y in labels]), LABELS)


def test_photos_are_drawn_from_a_seed():
    assert PHOTOS.shape == (12, 32, 32, 3)
    assert PHOTOS.dtype == np.float32
    assert set(LABELS) <= set(range(10))
    np.testing.assert_array_equal(draw_photos(12)[0], PHOTOS)
    assert not np.array_equal(draw_photos(12, seed=1)[0], PHOTOS)


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_of_slow_photos(workers):
    slow = SlowPhotos(PHOTOS, LABELS, batch_size=4, wait_s=0, workers=workers)
    assert slow.workers == workers
    check_batches([slow[k] for k in range(len(slow))])


def test_each_photo_is_waited_for(monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    SlowPhotos(PHOTOS, LABELS, batch_size=4, wait_s=0.25)[1]
    assert waits == [0.25] * 4


def test_the_same_through_grain():
    slow = SlowPhotos(PHOTOS, LABELS, batch_size=4, wait_s=0)
    check_batches(list(read_with_grain(slow)))


def test_the_same_through_tensorflow():
    slow = SlowPhotos(PHOTOS, LABELS, batch_size=4, wait_s=0)
    dataset = read_with_tensorflow(slow, threads=2)
    assert [tuple(spec.shape) for spec in dataset.element_spec] == [
        (None, 32, 32, 3),
        (None,),
    ]
    check_batches(list(dataset))
    assert dataset.options().threading.private_threadpool_size == 2


class Watched(SlowPhotos):
    """Notes which threads read the photos of a batch.

    Of each pair in `together` one is not read until the other is, too, which takes two threads.
    """

    def __init__(self, together):
        super().__init__(PHOTOS, LABELS, batch_size=4, wait_s=0)
        self.threads = [set(), set(), set()]
        self.meetings = {}
        for pair in together:
            self.meetings |= dict.fromkeys(pair, threading.Barrier(2))

    def read(self, number):
        self.threads[number // self.batch_size].add(threading.get_ident())
        if number in self.meetings:
            self.meetings[number].wait(PATIENT_S)
        return super().read(number)


def test_grain_reads_a_batch_with_one_thread_and_tf_data_with_several():
    """The page says so."""
    grain = Watched(together=[(0, 4)])  # photos of two batches
    check_batches(list(read_with_grain(grain)))
    assert [len(threads) for threads in grain.threads] == [1, 1, 1]
    tensorflow = Watched(together=[(0, 1), (4, 5), (8, 9)])  # of one, three times
    check_batches(list(read_with_tensorflow(tensorflow)))
    assert all(len(threads) > 1 for threads in tensorflow.threads)


def test_a_batch_size_that_does_not_divide():
    with pytest.raises(ValueError, match=r"divides the 12 photos. Received: batch_size=5"):
        SlowPhotos(PHOTOS, LABELS, batch_size=5)
    assert require_divisor(4, 12) == 4


def test_reading_ahead_by_hand():
    assert prefetched_step_ms(16, 6, 4) == 6
    assert prefetched_step_ms(16, 6, 2) == 8
    assert careless_prefetched_step_ms(16, 6, 2) == 11
