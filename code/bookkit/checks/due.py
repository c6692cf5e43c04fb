"""Forecasts of the book whose date is over: named, no problem, for no calendar stops a build."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bookkit.paths import ROOT
from kerasbook.outlook.forecasts.ledger import due_forecasts, read_forecasts


def notes(path: Path, today: date) -> Iterator[str]:
    """Yield a line for each open forecast of a file that can be decided."""
    forecasts = read_forecasts(path)
    dates = {known["name"]: known["due"] for known in forecasts}
    place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for name in due_forecasts(forecasts, today):
        yield (
            f"{place.as_posix()}: forecast {name!r} was due on {dates[name]}; apply its "
            "rule, then write outcome and resolved, as CONTRIBUTING.md says"
        )
