import keras
import numpy as np
import pytest

from kerasbook.concepts import schedules as page

STEPS = np.arange(121)


def rates_of(schedule):
    return [float(keras.ops.convert_to_numpy(schedule(int(t)))) for t in STEPS]


def test_rates_by_hand():
    t = np.array([0, 24, 25, 50, 100])
    settings = {"factor": 0.5, "every": 25}
    assert page.step_decay(t, 0.4, **settings) == pytest.approx([0.4, 0.4, 0.2, 0.1, 0.025])
    smooth = page.exponential_decay(np.array([0, 12.5, 25, 50]), 0.4, **settings)
    assert smooth == pytest.approx([0.4, 0.4 / np.sqrt(2), 0.2, 0.1])
    t = np.array([0, 25, 50, 100, 150])
    expected = [0.4, 0.2 + 0.2 / np.sqrt(2), 0.2, 0, 0]
    assert page.cosine_decay(t, 0.4, steps=100) == pytest.approx(expected)
    t = np.array([0, 5, 10, 55, 100, 150])
    rates = page.warmup_then_cosine(t, 0.4, warmup=10, steps=90)
    assert rates == pytest.approx([0, 0.2, 0.4, 0.2, 0, 0])


def test_each_schedule_is_that_of_keras():
    schedules = keras.optimizers.schedules
    pairs = [
        (page.step_decay(STEPS, 0.4, factor=0.5, every=25),
         schedules.ExponentialDecay(0.4, 25, 0.5, staircase=True)),
        (page.exponential_decay(STEPS, 0.4, factor=0.5, every=25),
         schedules.ExponentialDecay(0.4, 25, 0.5)),
        (page.cosine_decay(STEPS, 0.4, steps=100), schedules.CosineDecay(0.4, 100)),
        (page.warmup_then_cosine(STEPS, 0.4, warmup=10, steps=90),
         schedules.CosineDecay(0.0, 90, warmup_target=0.4, warmup_steps=10)),
    ]  # fmt: skip
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, rates_of(theirs), atol=1e-6)


def test_the_answer_of_the_exercise():
    rates = page.warmup_then_cosine(np.array([20, 40, 220, 400]), 0.01, warmup=40, steps=360)
    assert rates == pytest.approx([0.005, 0.01, 0.005, 0])
