"""Forecasts kept in a file: add, resolve, score."""

import json
from datetime import date
from pathlib import Path

from kerasbook.data_folder import data_missing, find_data
from kerasbook.outlook.forecasts.checking import require_forecast
from kerasbook.outlook.forecasts.scoring import brier_score


def parse_forecasts(text, path):
    """Turn the text of a file into a list of forecasts, each checked."""
    try:
        forecasts = json.loads(text)["forecasts"]
        places = [f"entry {n} of {path}" for n, _ in enumerate(forecasts, 1)]
    except json.JSONDecodeError as error:
        raise ValueError(
            f"Expected JSON in {path}; mend line {error.lineno}, column "
            f"{error.colno}, or move the file away. Received: {error.msg}"
        ) from None
    except (KeyError, TypeError):
        raise ValueError(
            f'Expected {path} to hold {{"forecasts": [...]}}; put the entries '
            f"into such a list. Received: {text[:40]!r}"
        ) from None
    for forecast, place in zip(forecasts, places, strict=True):
        require_forecast(forecast, place)
    return forecasts


def read_forecasts(path):
    """Read the forecasts of a file, a list of dicts.

    Raises:
        ValueError: it does not parse, or one of them has a fault.
    """
    path = Path(path)
    try:
        forecasts = parse_forecasts(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError:
        raise ValueError(
            f"Expected {path.name} in UTF-8; save it so in your editor."
        ) from None
    names = [forecast["name"] for forecast in forecasts]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(
            f"Expected every name in {path.name} once; rename one. "
            f"Received twice: {', '.join(sorted(twice))}"
        )
    return forecasts


def write_forecasts(path, forecasts):
    """Write all of them, or nothing: the old file stays until that is done.

    What else the file holds beside its forecasts stays, too.
    """
    path = Path(path)
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    new = old | {"forecasts": forecasts}
    text = json.dumps(new, indent=1, ensure_ascii=False)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)  # ①


def add_forecast(path, **forecast):
    """Add one forecast to a file, which is begun if there is none.

    It has `name`, `claim`, `rule`, `probability`, and the days `made` and
    `due`, written as `"2027-06-30"`.
    """
    forecasts = read_forecasts(path) if Path(path).exists() else []
    require_forecast(forecast, "the new forecast")
    if forecast["name"] in {known["name"] for known in forecasts}:
        raise ValueError(
            "Expected a name that the file does not have yet; choose another. "
            f"Received: name={forecast['name']!r}"
        )
    write_forecasts(path, [*forecasts, forecast])


def resolve_forecast(path, name, *, outcome, on):
    """Write True or False into a file, as the rule decided `on` a day."""
    forecasts = read_forecasts(path)
    waiting = {f["name"]: f for f in forecasts if f.get("outcome") is None}
    if name not in waiting:
        raise ValueError(
            f"Expected one that is still open: {', '.join(waiting) or 'none'}."
            f" Received: name={name!r}"
        )
    waiting[name].update(outcome=outcome, resolved=on)
    require_forecast(waiting[name], name)
    write_forecasts(path, forecasts)


def due_forecasts(forecasts, day):
    """List the open forecasts whose date is over, by name."""
    return [
        known["name"]
        for known in forecasts
        if known.get("outcome") is None
        and date.fromisoformat(known["due"]) < day
    ]


def score_forecasts(forecasts):
    """Score those that are resolved, beside the score that honesty expects."""
    done = [known for known in forecasts if known.get("outcome") is not None]
    if not done:
        raise ValueError(
            "Expected at least one resolved forecast; call resolve_forecast "
            f"first. Received: {len(forecasts)} open ones"
        )
    stated = [known["probability"] for known in done]
    outcomes = [known["outcome"] for known in done]
    expected = sum(p * (1 - p) for p in stated) / len(done)
    score = brier_score(stated, outcomes)
    return {"resolved": len(done), "brier": score, "expected": expected}


def load_book_forecasts():
    """Read the book's own forecasts."""
    paths = find_data("forecasts/book.json")
    if not paths:
        raise data_missing("The book's forecasts are not here.")
    return read_forecasts(paths[0])
