"""Whose turn it is: threads in steps, each of which waits for what it must see, not for a time."""

import threading

import pytest
from nbformat.v4 import new_code_cell

from bookkit.errors import BookError
from bookkit.running.machine import Machine, measures

PATIENT_S = 60


@pytest.fixture
def machine():
    """Return a machine that notes who waits, and a function that enters it in a thread."""
    waiting: list[tuple[str, bool]] = []
    told = threading.Condition()

    def waits(page, alone):
        with told:
            waiting.append((page, alone))
            told.notify_all()

    one = Machine(waits)

    def enter(page, *, alone=False):
        inside = threading.Event()

        def run():
            one.enter(page, alone)
            inside.set()

        threading.Thread(target=run, daemon=True).start()
        return inside

    def heard(*names):
        with told:
            return told.wait_for(lambda: [name for name, _ in waiting] == list(names), PATIENT_S)

    one.in_thread, one.heard, one.waiting = enter, heard, waiting
    return one


def test_cells_with_the_tag_measure():
    assert measures(new_code_cell("x", metadata={"tags": ["remove-cell", "alone"]}))
    assert not measures(new_code_cell("x", metadata={"tags": ["remove-cell"]}))
    assert not measures(new_code_cell("x"))


def test_cells_that_do_not_measure_run_side_by_side(machine):
    assert machine.in_thread("one").wait(PATIENT_S)
    assert machine.in_thread("two").wait(PATIENT_S)
    assert machine.waiting == []


def test_a_cell_that_measures_starts_when_all_others_have_ended_and_none_starts_before_it(machine):
    for page in ("one", "two"):
        assert machine.in_thread(page).wait(PATIENT_S)
    measuring = machine.in_thread("clock", alone=True)
    assert machine.heard("clock")
    machine.leave("one")
    late = machine.in_thread("one")  # its next cell
    assert machine.heard("clock", "one"), "it would start before the one that asked"
    assert not measuring.is_set()
    machine.leave("two")
    assert measuring.wait(PATIENT_S)
    assert not late.is_set()
    machine.leave("clock")
    assert late.wait(PATIENT_S)
    assert machine.waiting == [("clock", True), ("one", False)]


def test_of_two_that_measure_one_waits_for_the_other(machine):
    assert machine.in_thread("first", alone=True).wait(PATIENT_S)
    second = machine.in_thread("second", alone=True)
    assert machine.heard("second")
    assert not second.is_set()
    machine.leave("first")
    assert second.wait(PATIENT_S)


def test_a_page_with_one_measurement_after_another_lets_those_in_that_waited(machine):
    assert machine.in_thread("clock", alone=True).wait(PATIENT_S)
    waiting = machine.in_thread("one")
    assert machine.heard("one")
    machine.leave("clock")
    again = machine.in_thread("clock", alone=True)
    assert machine.heard("one", "clock")
    assert waiting.wait(PATIENT_S)
    assert not again.is_set()
    machine.leave("one")
    assert again.wait(PATIENT_S)


def test_once_stopped_no_cell_runs_neither_one_that_waits_nor_one_that_comes(machine):
    assert machine.in_thread("clock", alone=True).wait(PATIENT_S)
    errors = []

    def wait():
        try:
            machine.enter("one", alone=False)
        except BookError as error:
            errors.append(str(error))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert machine.heard("one")
    machine.stop()
    waiting.join(PATIENT_S)
    assert errors == ["one was stopped"]
    with pytest.raises(BookError, match="two was stopped"):
        machine.enter("two", alone=False)


def test_a_page_without_a_cell_may_leave(machine):
    machine.leave("nobody")
    assert machine.in_thread("one", alone=True).wait(PATIENT_S)
