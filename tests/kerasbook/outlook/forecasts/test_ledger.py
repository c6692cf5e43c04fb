import json
from datetime import date
from pathlib import Path

import pytest

from bookkit.data.registry import SAMPLE
from bookkit.paths import ROOT
from kerasbook.outlook.forecasts.checking import (
    TEXTS,
    read_day,
    require_forecast,
    require_order,
    require_probability,
    require_texts,
)
from kerasbook.outlook.forecasts.ledger import (
    add_forecast,
    due_forecasts,
    load_book_forecasts,
    parse_forecasts,
    read_forecasts,
    resolve_forecast,
    score_forecasts,
    write_forecasts,
)

RAIN = {
    "name": "rain",
    "claim": "It rains.",
    "rule": "The street is wet.",
    "probability": 0.3,
    "made": "2026-11-27",
    "due": "2026-12-01",
}
SNOW = RAIN | {"name": "snow", "probability": 0.1, "due": "2027-01-01"}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "mine.json"
    add_forecast(path, **RAIN)
    add_forecast(path, **SNOW)
    return path


def test_what_is_added_is_read_in_order(path):
    assert read_forecasts(path) == [RAIN, SNOW]
    assert list(path.parent.iterdir()) == [path]  # nothing partial is left


def test_resolving_and_scoring_by_hand(path):
    resolve_forecast(path, "rain", outcome=True, on="2026-12-02")
    assert read_forecasts(path)[0] == RAIN | {"outcome": True, "resolved": "2026-12-02"}
    found = score_forecasts(read_forecasts(path))
    assert found == {"resolved": 1, "brier": pytest.approx(0.49), "expected": pytest.approx(0.21)}
    resolve_forecast(path, "snow", outcome=False, on="2027-01-02")
    found = score_forecasts(read_forecasts(path))
    assert found["brier"] == pytest.approx((0.49 + 0.01) / 2)
    assert found["expected"] == pytest.approx((0.21 + 0.09) / 2)


def test_due_are_the_open_ones_from_the_day_after_on(path):
    assert due_forecasts(read_forecasts(path), date(2026, 12, 1)) == []  # not over yet
    assert due_forecasts(read_forecasts(path), date(2026, 12, 2)) == ["rain"]
    resolve_forecast(path, "rain", outcome=False, on="2026-12-02")
    assert due_forecasts(read_forecasts(path), date(2027, 1, 2)) == ["snow"]


def test_nothing_resolved_has_no_score(path):
    with pytest.raises(ValueError, match=r"at least one resolved.*Received: 2 open ones"):
        score_forecasts(read_forecasts(path))


WRONG = [
    ({"due": None}, r"'fog' to have a date 'due', written as 2027-06-30\. Received: due=None"),
    ({"made": "yesterday"}, r"'fog' to have a date 'made'.*made='yesterday'"),
    ({"due": "2026-11-27"}, r"'fog' to be due after it was made.*due=2026-11-27"),
    ({"probability": 1.01}, r"'fog' to have a probability from 0 to 1.*probability=1\.01"),
    ({"probability": -0.1}, r"'fog'.*Received: probability=-0\.1"),
    ({"probability": float("nan")}, r"'fog'.*Received: probability=nan"),
    ({"probability": "0.3"}, r"'fog'.*Received: probability='0\.3'"),
    ({"probability": True}, r"'fog'.*Received: probability=True"),
    ({"rule": ""}, r"the new forecast to have a 'rule'; add it"),
    ({"name": ["fog"]}, r"the new forecast to have a 'name'.*\['fog'\]"),
    ({"outcome": True, "resolved": "2026-12-01"}, r"'fog' to be resolved .*2026-12-01 is over"),
    ({"outcome": True}, r"'fog' to have a date 'resolved'"),
    ({"outcome": "yes", "resolved": "2026-12-02"}, r"as true or false.*outcome='yes'"),
    ({"name": "rain"}, r"a name that the file does not have yet.*name='rain'"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_fault_names_the_entry_and_the_cure_and_nothing_is_lost(path, change, message):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        add_forecast(path, **RAIN | {"name": "fog"} | change)
    assert path.read_bytes() == before


@pytest.mark.parametrize("probability", [0, 1, 0.5])
def test_the_ends_are_probabilities(tmp_path, probability):
    add_forecast(tmp_path / "new.json", **RAIN | {"probability": probability})
    assert read_forecasts(tmp_path / "new.json")[0]["probability"] == probability


UNRESOLVABLE = [
    ("rain", True, "2026-12-01", r"'rain' to be resolved .* after its date 2026-12-01 is over"),
    ("rain", "yes", "2026-12-02", r"as true or false"),
    ("rain", None, "2026-12-02", r"as true or false.*outcome=None"),
    ("rain", True, None, r"'rain' to have a date 'resolved'"),
    ("hail", True, "2026-12-02", r"still open: rain, snow\. Received: name='hail'"),
]


@pytest.mark.parametrize(("name", "outcome", "on", "message"), UNRESOLVABLE)
def test_a_wrong_resolution_changes_nothing(path, name, outcome, on, message):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        resolve_forecast(path, name, outcome=outcome, on=on)
    assert path.read_bytes() == before


def test_what_is_resolved_stays_so(path):
    resolve_forecast(path, "rain", outcome=True, on="2026-12-02")
    resolve_forecast(path, "snow", outcome=True, on="2027-01-02")
    with pytest.raises(ValueError, match=r"still open: none\. Received: name='rain'"):
        resolve_forecast(path, "rain", outcome=False, on="2026-12-02")


BROKEN = [
    ('{"forecasts": [\n {"name" "x"}]}', r"JSON in mine\.json; mend line 2, column 10, or move"),
    ("", r"JSON in mine\.json; mend line 1, column 1"),
    ("[]", r'mine\.json to hold \{"forecasts": \[\.\.\.\]\}; put the entries'),
    ('{"forecast": []}', r"mine\.json to hold"),
    ('{"forecasts": 3}', r"mine\.json to hold"),
    ('{"forecasts": ["x"]}', r"entry 1 of mine\.json to be an object"),
    (json.dumps({"forecasts": [RAIN, {"name": "x"}]}), r"entry 2 of mine\.json to have a 'claim'"),
    (json.dumps({"forecasts": [RAIN, RAIN]}), r"every name in mine\.json once; .*twice: rain"),
    (json.dumps({"forecasts": [RAIN | {"probability": 30}]}), r"forecast 'rain' .*probability=30"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_file_that_does_not_parse_is_left_as_it_is(path, text, message):
    path.write_text(text, encoding="utf-8")
    actions = (
        lambda: read_forecasts(path),
        lambda: add_forecast(path, **RAIN | {"name": "fog"}),
        lambda: resolve_forecast(path, "rain", outcome=True, on="2026-12-02"),
    )
    for action in actions:
        with pytest.raises(ValueError, match=message):
            action()
    assert path.read_text(encoding="utf-8") == text


def test_a_file_in_another_encoding_is_left_as_it_is(path):
    path.write_bytes('{"forecasts": [], "note": "预测"}'.encode("gbk"))
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"mine\.json in UTF-8"):
        add_forecast(path, **RAIN | {"name": "fog"})
    assert path.read_bytes() == before


@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_a_disk_that_fails_costs_nothing(path, monkeypatch, step):
    def fail(*arguments, **options):
        raise OSError("No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(OSError, match="No space"):
        add_forecast(path, **RAIN | {"name": "fog"})
    monkeypatch.undo()
    assert path.read_bytes() == before
    write_forecasts(path, [RAIN])  # and what is half written is no obstacle
    assert read_forecasts(path) == [RAIN]


def test_what_stands_beside_the_forecasts_stays(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"terms": "Final means final.", "forecasts": [RAIN]}))
    resolve_forecast(path, "rain", outcome=True, on="2026-12-02")
    assert json.loads(path.read_text())["terms"] == "Final means final."


def test_chinese_stays_readable(tmp_path):
    add_forecast(tmp_path / "zh.json", **RAIN | {"claim": "会下雨"})
    assert "会下雨" in (tmp_path / "zh.json").read_text(encoding="utf-8")


def test_each_check_alone():
    assert TEXTS == ("name", "claim", "rule")
    require_forecast(RAIN, "it")
    for check in (require_texts, require_probability, require_order):
        check(RAIN, "it")
        with pytest.raises(ValueError, match="Expected it"):
            check({}, "it")
    assert read_day(RAIN, "due", "it") == date(2026, 12, 1)
    assert parse_forecasts('{"forecasts": []}', Path("mine.json")) == []


def test_the_forecasts_of_the_book_are_whole(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    forecasts = load_book_forecasts()
    assert len(forecasts) >= 12
    texts = ("claim", "rule", "reasons_for", "reasons_against")
    assert all(set(known[text]) == {"en", "zh"} for known in forecasts for text in texts)
    assert all(text for known in forecasts for field in texts for text in known[field].values())
    assert {known["topic"] for known in forecasts} == {
        "versions",
        "backends",
        "adoption",
        "methods",
    }
    # Each rule names its day in both languages, and it is the day that the program goes by.
    for known in forecasts:
        assert all(known["due"] in rule for rule in known["rule"].values()), known["name"]
    probabilities = [known["probability"] for known in forecasts]
    assert min(probabilities) < 0.1
    assert max(probabilities) > 0.9


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_file_defines_its_terms_as_the_page_does(language):
    kept = json.loads((SAMPLE / "forecasts/book.json").read_text(encoding="utf-8"))["terms"]
    page = ROOT / "book" / language / "outlook/forecasts.md"
    assert "\n".join(kept[language]) in page.read_text(encoding="utf-8")


def test_without_the_book_data_the_cure_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"forecasts are not here.*sample-data\.zip"):
        load_book_forecasts()
