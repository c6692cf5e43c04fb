"""Running watches: three answers, here and in another process."""

from kerasbook.outlook.coming import watching
from kerasbook.outlook.coming.watching import check_watch, check_watches_on_backend


def always():
    """It holds."""
    return True


def never():
    """It does not."""
    return []


def broken():
    """It cannot say."""
    raise ModuleNotFoundError("No module named 'paddle'")


def test_a_watch_holds_has_changed_or_met_an_error():
    assert check_watch(always) == "holds"
    assert check_watch(never) == "changed"
    assert check_watch(broken) == "ModuleNotFoundError: No module named 'paddle'"


def test_another_process_gets_the_source_and_answers_by_name(monkeypatch):
    # So that it need not import Keras.
    monkeypatch.setattr(watching, "WATCH_IMPORTS", "")
    assert check_watches_on_backend((always, never, broken), "torch") == {
        "always": "holds",
        "never": "changed",
        "broken": "ModuleNotFoundError: No module named 'paddle'",
    }
