import numpy as np
import pytest

from kerasbook.outlook.troubles import speed
from kerasbook.outlook.troubles.networks import build_table_network, draw_table
from kerasbook.outlook.troubles.speed import answer_ms, call_ratios, step_ms


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
    assert int(model.optimizer.iterations) == 2 * 4  # once to compile, once timed


def test_ratios_divide_keras_by_pytorch(monkeypatch):
    shown = iter([6.0, 2.0, 3.0, 3.0])
    monkeypatch.setattr(speed, "shortest_seconds", lambda action, repeats: next(shown))
    assert call_ratios(sizes=(1, 8)) == {1: 3, 8: 1}
    assert np.isfinite(list(shown)).all()
