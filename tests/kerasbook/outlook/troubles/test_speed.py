import numpy as np
import pytest

from kerasbook.outlook.troubles import speed
from kerasbook.outlook.troubles.networks import build_table_network, draw_table
from kerasbook.outlook.troubles.speed import answer_ms, call_times, step_ms


def stand_in_clock(monkeypatch, seconds):
    """Let the stopwatch run what it times, and show these seconds."""
    shown = iter(seconds)
    monkeypatch.setattr(
        speed, "shortest_seconds", lambda action, repeats: (action(), next(shown))[1]
    )


def test_an_answer_among_all_costs_its_share(monkeypatch):
    stand_in_clock(monkeypatch, [0.05, 0.002, 0.001, 0.064])
    assert answer_ms(build_table_network(8), draw_table(64)[0]) == {
        "predict in a loop": 50,
        "model(x) in a loop": 2,
        "predict_on_batch": 1,
        "predict, all at once": 1,
    }


def test_a_step_is_a_batch_of_sixteen(monkeypatch):
    stand_in_clock(monkeypatch, [0.02])
    model = build_table_network(8)
    assert step_ms(model, *draw_table(64)) == pytest.approx(5)
    assert int(model.optimizer.iterations) == 4  # of one epoch


def test_a_call_is_one_of_twenty_first_of_keras_then_of_pytorch(monkeypatch):
    shown = iter([0.006, 0.002, 0.004, 0.003])
    monkeypatch.setattr(speed, "shortest_seconds", lambda action, repeats: next(shown))
    times = call_times(sizes=(1, 8))
    assert times == {1: pytest.approx([300, 100]), 8: pytest.approx([200, 150])}
    assert np.isfinite(list(shown)).all()
